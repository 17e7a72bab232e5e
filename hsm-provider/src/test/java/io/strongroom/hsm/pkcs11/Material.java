package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Objects;
import javax.crypto.Cipher;

/** Brings keys whose bytes a test knows into a device, the only way that there is: wrapped. */
final class Material {
  static final WrapAlgorithm OAEP = new WrapAlgorithm.RsaOaep(Digest.SHA_1);
  static final WrapAlgorithm KWP = new WrapAlgorithm.AesKwp();

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Hsm hsm;
  private final KeyInfo wrapping;

  Material(Hsm hsm) {
    this.hsm = hsm;
    this.wrapping =
        hsm.create(
            KeySpec.of(id(), "material-" + id(), KeyType.RSA_2048)
                .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
                .asSession());
  }

  static KeyId id() {
    return KeyId.random(RANDOM);
  }

  static byte[] random(int bytes) {
    byte[] value = new byte[bytes];
    RANDOM.nextBytes(value);
    return value;
  }

  KeyInfo wrapping() {
    return wrapping;
  }

  /** The raw key wrapped by the JDK for {@link #wrapping}. */
  byte[] wrapped(byte[] raw) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, Objects.requireNonNull(wrapping.publicKey()));
    return cipher.doFinal(raw);
  }

  /** Opens a raw key in the device. */
  KeyInfo open(byte[] raw, KeySpec spec) throws GeneralSecurityException {
    return hsm.unwrap(wrapping.id(), OAEP, wrapped(raw), spec);
  }

  /** Opens a raw key under a label, with the usual usages. */
  KeyInfo open(byte[] raw, String label, KeyType type) throws GeneralSecurityException {
    return open(raw, KeySpec.of(id(), label, type));
  }
}
