package io.strongroom.provider.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcdsaDerTest {

  @ParameterizedTest
  @CsvSource({
    "32, 1, 1",
    "32, ff, 80",
    "32, 7f, 0100",
    "48, ffffff, 1",
    "66, 1, 01ff",
    "66, 80, 7f"
  })
  void encoding_ofPartsOfAnyLength_isWhatBouncyCastleGives(int half, String r, String s)
      throws Exception {
    assertEncodes(half, new BigInteger(r, 16), new BigInteger(s, 16));
    BigInteger large = BigInteger.ONE.shiftLeft(8 * half - 1);
    assertEncodes(half, large.add(new BigInteger(r, 16)), large.subtract(new BigInteger(s, 16)));
  }

  private static void assertEncodes(int half, BigInteger r, BigInteger s) throws Exception {
    byte[] p1363 = new byte[2 * half];
    put(r, p1363, half);
    put(s, p1363, 2 * half);
    BigInteger order = BigInteger.ONE.shiftLeft(8 * half + 1);
    assertThat(EcdsaDer.encode(p1363)).isEqualTo(StandardDSAEncoding.INSTANCE.encode(order, r, s));
  }

  private static void put(BigInteger value, byte[] into, int end) {
    byte[] bytes = value.toByteArray();
    byte[] plain = bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    System.arraycopy(plain, 0, into, end - plain.length, plain.length);
  }
}
