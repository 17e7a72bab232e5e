package io.strongroom.hsm;

/** Hash functions (FIPS 180-4). */
public enum Digest {
  SHA_1("SHA-1", 20),
  SHA_224("SHA-224", 28),
  SHA_256("SHA-256", 32),
  SHA_384("SHA-384", 48),
  SHA_512("SHA-512", 64);

  private final String jcaName;
  private final int bytes;

  Digest(String jcaName, int bytes) {
    this.jcaName = jcaName;
    this.bytes = bytes;
  }

  /** The name in the JCA: {@code SHA-256}. */
  public String jcaName() {
    return jcaName;
  }

  /** The length of the digest in bytes. */
  public int bytes() {
    return bytes;
  }
}
