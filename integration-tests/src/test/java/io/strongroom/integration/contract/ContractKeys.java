package io.strongroom.integration.contract;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;

/** The keys of a contract: made for one test each, and destroyed after it. */
abstract class ContractKeys {
  static final byte[] NONE = new byte[0];
  static final WrapAlgorithm OAEP = new WrapAlgorithm.RsaOaep(Digest.SHA_1);
  static final WrapAlgorithm RSA_AES = new WrapAlgorithm.RsaAes(Digest.SHA_1);

  final SecureRandom random = new SecureRandom();
  private final List<KeyId> made = new ArrayList<>();

  /** The HSM to test: open, and the same one throughout a test. */
  protected abstract Hsm hsm();

  @AfterEach
  void destroyKeys() {
    for (KeyId id : made) {
      try {
        hsm().destroy(id);
      } catch (HsmException.KeyNotFound _) {
        // The test destroyed it.
      }
    }
  }

  KeySpec spec(KeyType type) {
    KeyId id = KeyId.random(random);
    made.add(id);
    return KeySpec.of(id, "contract-" + id, type);
  }

  final KeyInfo make(KeyType type) {
    return hsm().create(spec(type));
  }

  KeyInfo wrappingPair() {
    return hsm().create(spec(KeyType.RSA_2048).withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
  }

  byte[] bytes(int length) {
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  static PublicKey publicKey(KeyInfo key) {
    return Objects.requireNonNull(key.publicKey());
  }

  static byte[] wrapped(KeyInfo pair, byte[] raw) throws Exception {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, publicKey(pair));
    return cipher.doFinal(raw);
  }

  /**
   * RSA AES key wrap, as an owner of keys does it: a fresh AES key under the pair's public half.
   */
  final byte[] wrappedInTwoParts(KeyInfo pair, byte[] raw) throws Exception {
    byte[] ephemeral = bytes(32);
    Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding", "SunJCE");
    kwp.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(ephemeral, "AES"));
    byte[] head = wrapped(pair, ephemeral);
    byte[] tail = kwp.doFinal(raw);
    return ByteBuffer.allocate(head.length + tail.length).put(head).put(tail).array();
  }
}
