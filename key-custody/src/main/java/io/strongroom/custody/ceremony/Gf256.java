package io.strongroom.custody.ceremony;

/**
 * The field of AES (FIPS 197 §4): bytes as polynomials over GF(2), modulo x⁸ + x⁴ + x³ + x + 1
 * (0x11B). Addition is exclusive or. No table and no branch depends on an operand, so that neither
 * time nor cache tell one.
 */
final class Gf256 {

  private static final int REDUCTION = 0x1b;

  private Gf256() {}

  /** The product of two bytes (FIPS 197 §4.2). */
  static int multiply(int a, int b) {
    int product = 0;
    int shifted = a;
    for (int bit = 0; bit < 8; bit++) {
      product ^= shifted & -((b >>> bit) & 1);
      shifted = ((shifted << 1) & 0xff) ^ (REDUCTION & -(shifted >>> 7));
    }
    return product;
  }

  /** The multiplicative inverse, a²⁵⁴; that of 0 is 0. */
  static int inverse(int a) {
    int square = multiply(a, a);
    int product = square;
    for (int i = 0; i < 6; i++) {
      square = multiply(square, square);
      product = multiply(product, square);
    }
    return product;
  }
}
