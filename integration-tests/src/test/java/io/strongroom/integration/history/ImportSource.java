package io.strongroom.integration.history;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.Objects;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Key material of an owner outside, wrapped to one key of the cluster. Safe for many threads. */
final class ImportSource {
  static final WrapAlgorithm ALGORITHM = new WrapAlgorithm.RsaOaep(Digest.SHA_1);
  private static final int CHECK_VALUE_BYTES = 3;

  private final KeyId unwrappingKey;
  private final PublicKey publicKey;

  /**
   * Material, wrapped.
   *
   * @param wrapped as the cluster takes it
   * @param checkValue the key check value, computed by the owner, hexadecimal
   */
  record Material(byte[] wrapped, String checkValue) {}

  ImportSource(KeyInfo unwrapping) {
    unwrappingKey = unwrapping.id();
    publicKey = Objects.requireNonNull(unwrapping.publicKey());
  }

  KeyId unwrappingKey() {
    return unwrappingKey;
  }

  Material next(RandomGenerator random) {
    byte[] material = new byte[KeyType.AES_256.bytes()];
    random.nextBytes(material);
    try {
      Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
      oaep.init(Cipher.ENCRYPT_MODE, publicKey);
      Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
      ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
      byte[] zeros = ecb.doFinal(new byte[16]);
      return new Material(
          oaep.doFinal(material), HexFormat.of().formatHex(zeros, 0, CHECK_VALUE_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
