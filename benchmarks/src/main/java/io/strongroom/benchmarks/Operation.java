package io.strongroom.benchmarks;

import io.strongroom.hsm.KeyType;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What is measured, and the known input that it is measured on. {@code floor.c} has the same. */
public enum Operation {
  AES_GCM_1K("AES-256-GCM, 1 KiB", "bench-AES", KeyType.AES_256, 1024),
  AES_GCM_16K("AES-256-GCM, 16 KiB", "bench-AES", KeyType.AES_256, 16_384),
  HMAC_SHA256("HMAC-SHA-256, 256 B", "bench-HMAC", KeyType.secret(256), 256),
  ECDSA_P256("ECDSA P-256, sign", "bench-EC", KeyType.EC_P256, 32),
  RSA_2048("RSA-2048, sign", "bench-RSA-2048", KeyType.RSA_2048, 32),
  RSA_3072("RSA-3072, sign", "bench-RSA-3072", KeyType.RSA_3072, 32);

  // The DER of a DigestInfo for SHA-256 up to the digest (RFC 8017 §9.2).
  private static final byte[] DIGEST_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private final String title;
  private final String label;
  private final KeyType keyType;
  private final int messageBytes;

  Operation(String title, String label, KeyType keyType, int messageBytes) {
    this.title = title;
    this.label = label;
    this.keyType = keyType;
    this.messageBytes = messageBytes;
  }

  /** The name in the table. */
  public String title() {
    return title;
  }

  /** The label of its key; two operations may share one. */
  public String label() {
    return label;
  }

  /** What kind of key it takes. */
  public KeyType keyType() {
    return keyType;
  }

  /** What is encrypted, authenticated or signed: byte i is i modulo 256. */
  byte[] message() {
    byte[] message = new byte[messageBytes];
    for (int i = 0; i < messageBytes; i++) {
      message[i] = (byte) i;
    }
    return message;
  }

  /** What the PKCS#11 mechanism takes: for signatures the digest, for RSA in a DigestInfo. */
  public byte[] mechanismInput() {
    return switch (this) {
      case AES_GCM_1K, AES_GCM_16K, HMAC_SHA256 -> message();
      case ECDSA_P256 -> sha256(message());
      case RSA_2048, RSA_3072 -> concatenate(DIGEST_INFO, sha256(message()));
    };
  }

  private static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] concatenate(byte[] head, byte[] tail) {
    byte[] both = new byte[head.length + tail.length];
    System.arraycopy(head, 0, both, 0, head.length);
    System.arraycopy(tail, 0, both, head.length, tail.length);
    return both;
  }
}
