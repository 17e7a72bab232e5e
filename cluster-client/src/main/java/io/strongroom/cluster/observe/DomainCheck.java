package io.strongroom.cluster.observe;

/** A check value as a metric. */
public final class DomainCheck {

  private DomainCheck() {}

  /** Its bytes as a number: metrics have no other values, and are to be compared only. */
  public static int number(byte[] checkValue) {
    int number = 0;
    for (byte b : checkValue) {
      number = number << Byte.SIZE | Byte.toUnsignedInt(b);
    }
    return number;
  }
}
