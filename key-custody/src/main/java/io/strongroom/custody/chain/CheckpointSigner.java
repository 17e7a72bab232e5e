package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditKey;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The key pair in the HSM that signs a store's checkpoints: ECDSA on P-256, or RSA where the device
 * has no EC. Its private half never leaves. Safe for use by many threads.
 */
final class CheckpointSigner {

  /** What the labels of these keys begin with; the store's id follows. */
  static final String LABEL_PREFIX = "custody/audit-sign/";

  /** DER of DigestInfo up to a SHA-256 digest (RFC 8017 §9.2, note 1). */
  private static final byte[] SHA256_DIGEST_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private final Hsm hsm;
  private final String label;
  private volatile @Nullable KeyInfo known;

  CheckpointSigner(Hsm hsm, String storeId) {
    this.hsm = hsm;
    this.label = LABEL_PREFIX + storeId;
  }

  /**
   * The public half, as the HSM has it.
   *
   * @throws HsmException.KeyNotFound if the HSM does not have the key
   */
  AuditKey publicKey() {
    return publicKey(existing());
  }

  /** The public half of the key, which is made if need be. */
  AuditKey publicKeyOrNew() {
    return publicKey(existingOrNew());
  }

  /** Signs SHA-256 of a text: DER for ECDSA. */
  byte[] sign(byte[] text) {
    KeyInfo key = existingOrNew();
    byte[] digest = sha256(text);
    if (key.type().family() == KeyType.Family.EC) {
      return der(hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), digest));
    }
    byte[] info =
        ByteBuffer.allocate(SHA256_DIGEST_INFO.length + digest.length)
            .put(SHA256_DIGEST_INFO)
            .put(digest)
            .array();
    return hsm.sign(key.id(), new SignatureAlgorithm.RsaPkcs1(), info);
  }

  private AuditKey publicKey(KeyInfo key) {
    PublicKey half = key.publicKey();
    if (half == null) {
      throw new HsmException.DeviceUnavailable(
          "the HSM shows no public half of key \"" + label + "\"; check its driver");
    }
    return new AuditKey(half);
  }

  private KeyInfo existing() {
    KeyInfo key = known;
    if (key == null) {
      key = hsm.key(label);
      known = key;
    }
    return key;
  }

  private KeyInfo existingOrNew() {
    try {
      return existing();
    } catch (HsmException.KeyNotFound absent) {
      try {
        create(KeyType.EC_P256);
      } catch (HsmException.UnsupportedMechanism noEc) {
        create(KeyType.RSA_2048);
      }
      return existing();
    }
  }

  private void create(KeyType type) {
    try {
      hsm.create(KeySpec.of(KeyId.of(hsm.random(KeyId.BYTES)), label, type));
    } catch (HsmException.KeyExists other) {
      // Another process made it in between; its key is the one to use.
      return;
    }
  }

  /**
   * An ECDSA signature r || s as DER {@code SEQUENCE} of two {@code INTEGER}s (RFC 3279 §2.2.3).
   */
  static byte[] der(byte[] plain) {
    byte[] r = integer(Arrays.copyOf(plain, plain.length / 2));
    byte[] s = integer(Arrays.copyOfRange(plain, plain.length / 2, plain.length));
    // P-256: at most 2 × 35 bytes, so one byte is enough for each length.
    return ByteBuffer.allocate(2 + r.length + s.length)
        .put((byte) 0x30)
        .put((byte) (r.length + s.length))
        .put(r)
        .put(s)
        .array();
  }

  private static byte[] integer(byte[] magnitude) {
    byte[] value = new java.math.BigInteger(1, magnitude).toByteArray();
    return ByteBuffer.allocate(2 + value.length)
        .put((byte) 0x02)
        .put((byte) value.length)
        .put(value)
        .array();
  }

  private static byte[] sha256(byte[] text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
