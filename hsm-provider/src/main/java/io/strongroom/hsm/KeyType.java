package io.strongroom.hsm;

import java.util.List;
import java.util.stream.Stream;

/**
 * What kind of key and how long. Immutable.
 *
 * @param family the kind
 * @param bits the length in bits: of the secret, of the RSA modulus, or of the curve's field
 */
public record KeyType(Family family, int bits) {

  /** The kinds of keys. */
  public enum Family {
    /** AES: 128, 192 or 256 bits. */
    AES,
    /** A generic secret, as used for HMAC: 8 to 4096 bits, whole bytes. */
    SECRET,
    /** RSA: 1024 to 16384 bits; below 2048 only what the device still allows. */
    RSA,
    /** The NIST prime curves P-256, P-384 and P-521 (FIPS 186-5, SP 800-186). */
    EC,
    /** Ed25519 (255) and Ed448 (448), RFC 8032. */
    EDWARDS,
    /** X25519 (255) and X448 (448), RFC 7748: for key agreement only. */
    MONTGOMERY
  }

  public static final KeyType AES_128 = new KeyType(Family.AES, 128);
  public static final KeyType AES_192 = new KeyType(Family.AES, 192);
  public static final KeyType AES_256 = new KeyType(Family.AES, 256);
  public static final KeyType RSA_2048 = new KeyType(Family.RSA, 2048);
  public static final KeyType RSA_3072 = new KeyType(Family.RSA, 3072);
  public static final KeyType RSA_4096 = new KeyType(Family.RSA, 4096);
  public static final KeyType EC_P256 = new KeyType(Family.EC, 256);
  public static final KeyType EC_P384 = new KeyType(Family.EC, 384);
  public static final KeyType EC_P521 = new KeyType(Family.EC, 521);
  public static final KeyType ED25519 = new KeyType(Family.EDWARDS, 255);
  public static final KeyType ED448 = new KeyType(Family.EDWARDS, 448);
  public static final KeyType X25519 = new KeyType(Family.MONTGOMERY, 255);
  public static final KeyType X448 = new KeyType(Family.MONTGOMERY, 448);

  /**
   * Checks that such keys exist.
   *
   * @throws HsmException.BadInput if the length is none of the family's
   */
  public KeyType {
    boolean known =
        switch (family) {
          case AES -> bits == 128 || bits == 192 || bits == 256;
          case SECRET -> bits >= 8 && bits <= 4096 && bits % 8 == 0;
          case RSA -> bits >= 1024 && bits <= 16384 && bits % 8 == 0;
          case EC -> bits == 256 || bits == 384 || bits == 521;
          case EDWARDS, MONTGOMERY -> bits == 255 || bits == 448;
        };
    if (!known) {
      throw new HsmException.BadInput(
          "there is no " + family + " key of " + bits + " bits; " + lengths(family));
    }
  }

  /** A generic secret of this many bits. */
  public static KeyType secret(int bits) {
    return new KeyType(Family.SECRET, bits);
  }

  /** True for AES and generic secrets, false for key pairs. */
  public boolean isSecret() {
    return family == Family.AES || family == Family.SECRET;
  }

  /**
   * The length of a secret in bytes; for other families that of the modulus or field, rounded up.
   */
  public int bytes() {
    return (bits + 7) / 8;
  }

  /**
   * Reads what {@link #toString} writes: {@code AES_256}, {@code SECRET_512}, {@code RSA_3072},
   * {@code EC_256}, {@code EDWARDS_255}, {@code MONTGOMERY_255}.
   *
   * @throws HsmException.BadInput if it is anything else
   */
  public static KeyType parse(String text) {
    int bar = text.lastIndexOf('_');
    List<Family> families =
        bar < 0
            ? List.of()
            : Stream.of(Family.values())
                .filter(f -> f.name().equals(text.substring(0, bar)))
                .toList();
    try {
      return new KeyType(families.getFirst(), Integer.parseInt(text.substring(bar + 1)));
    } catch (java.util.NoSuchElementException | NumberFormatException e) {
      throw new HsmException.BadInput(
          "\"" + text + "\" is no key type; one looks like AES_256, SECRET_256, RSA_3072 or EC_256",
          e);
    }
  }

  @Override
  public String toString() {
    return family + "_" + bits;
  }

  private static String lengths(Family family) {
    return switch (family) {
      case AES -> "use 128, 192 or 256";
      case SECRET -> "use 8 to 4096, a multiple of 8";
      case RSA -> "use 2048, 3072 or 4096";
      case EC -> "use 256, 384 or 521";
      case EDWARDS -> "use 255 (Ed25519) or 448 (Ed448)";
      case MONTGOMERY -> "use 255 (X25519) or 448 (X448)";
    };
  }
}
