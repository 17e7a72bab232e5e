package io.strongroom.benchmarks;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** What a busy application does, mixed; every result is checked. Safe for use by many threads. */
final class SoakLoad {
  private static final byte[] NO_AAD = new byte[0];
  private static final int PLAINTEXT_BYTES = 1024;
  private static final MacAlgorithm HMAC = new MacAlgorithm.Hmac(Digest.SHA_256);

  private final Hsm hsm;
  private final KeyInfo aes;
  private final KeyInfo secret;
  private final KeyInfo ec;
  private final KeyInfo rsa;
  private final byte[] plaintext = new byte[PLAINTEXT_BYTES];
  private final byte[] digest = new byte[32];
  private final Encrypted encrypted;
  private final byte[] mac;

  /** Makes the keys. */
  SoakLoad(Hsm hsm, RandomGenerator random) {
    this.hsm = hsm;
    this.aes = hsm.create(spec(random, "soak-aes", KeyType.AES_256));
    this.secret = hsm.create(spec(random, "soak-secret", KeyType.secret(256)));
    this.ec = hsm.create(spec(random, "soak-ec", KeyType.EC_P256));
    this.rsa = hsm.create(spec(random, "soak-rsa", KeyType.RSA_2048));
    this.encrypted = hsm.encrypt(aes.id(), AesGcm.withDeviceIv(NO_AAD), plaintext);
    this.mac = hsm.mac(secret.id(), HMAC, plaintext);
  }

  private static KeySpec spec(RandomGenerator random, String label, KeyType type) {
    byte[] id = new byte[KeyId.BYTES];
    random.nextBytes(id);
    return KeySpec.of(KeyId.of(id), label, type);
  }

  /**
   * Does one operation, chosen at random.
   *
   * @throws IllegalStateException if its result is wrong
   */
  void perform(RandomGenerator random) {
    int percent = random.nextInt(100);
    if (percent < 35) {
      Encrypted one = hsm.encrypt(aes.id(), AesGcm.withDeviceIv(NO_AAD), plaintext);
      require(one.bytes().length == PLAINTEXT_BYTES + 16, "AES-GCM encryption");
    } else if (percent < 60) {
      byte[] opened =
          hsm.decrypt(aes.id(), AesGcm.withIv(encrypted.iv(), NO_AAD), encrypted.bytes());
      require(Arrays.equals(opened, plaintext), "AES-GCM decryption");
    } else if (percent < 85) {
      require(Arrays.equals(hsm.mac(secret.id(), HMAC, plaintext), mac), "HMAC");
    } else if (percent < 93) {
      byte[] signature = hsm.sign(ec.id(), new SignatureAlgorithm.Ecdsa(), digest);
      require(signature.length == 64, "ECDSA");
    } else if (percent < 94) {
      byte[] signature = hsm.sign(rsa.id(), new SignatureAlgorithm.RsaPkcs1(), digest);
      require(signature.length == 256, "RSA");
    } else if (percent < 98) {
      require(hsm.key(aes.id()).equals(aes), "look-up by id");
      require(hsm.key("soak-ec").equals(ec), "look-up by label");
    } else {
      sessionKey(random);
    }
  }

  private void sessionKey(RandomGenerator random) {
    String label = "soak-" + Long.toHexString(random.nextLong());
    KeyInfo key = hsm.create(spec(random, label, KeyType.AES_256).asSession());
    try {
      require(
          hsm.encrypt(key.id(), AesGcm.withDeviceIv(NO_AAD), digest).bytes().length == 48,
          "a session key");
    } finally {
      hsm.destroy(key.id());
    }
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new IllegalStateException(what + " gave a wrong result");
    }
  }
}
