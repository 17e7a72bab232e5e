package io.strongroom.custody.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class Gf256Test {

  private static final BigInteger MODULUS = BigInteger.valueOf(0x11b);

  @Test
  void multiply_theExamplesOfFips197_givesTheirProducts() {
    assertThat(Gf256.multiply(0x57, 0x83)).isEqualTo(0xc1);
    assertThat(Gf256.multiply(0x57, 0x13)).isEqualTo(0xfe);
    assertThat(Gf256.multiply(0x57, 0x02)).isEqualTo(0xae);
    assertThat(Gf256.multiply(0x57, 0x10)).isEqualTo(0x07);
  }

  @Test
  void multiply_everyPair_isTheRemainderOfTheLongProduct() {
    for (int a = 0; a < 256; a++) {
      for (int b = 0; b < 256; b++) {
        if (Gf256.multiply(a, b) != longProduct(a, b)) {
          fail("%02x * %02x is %02x, not %02x", a, b, longProduct(a, b), Gf256.multiply(a, b));
        }
      }
    }
  }

  @Test
  void inverse_everyByte_givesOneWithIt() {
    for (int a = 1; a < 256; a++) {
      assertThat(Gf256.multiply(a, Gf256.inverse(a))).as("%02x", a).isEqualTo(1);
    }
    assertThat(Gf256.inverse(0)).isZero();
    assertThat(Gf256.inverse(0x53)).as("FIPS 197, the S-box of 53").isEqualTo(0xca);
  }

  /** Schoolbook: carry-less multiplication, then long division. */
  private static int longProduct(int a, int b) {
    BigInteger product = BigInteger.ZERO;
    for (int bit = 0; bit < 8; bit++) {
      if ((b >> bit & 1) == 1) {
        product = product.xor(BigInteger.valueOf(a).shiftLeft(bit));
      }
    }
    while (product.bitLength() > 8) {
      product = product.xor(MODULUS.shiftLeft(product.bitLength() - 9));
    }
    return product.intValueExact();
  }
}
