package io.strongroom.provider.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
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

  @ParameterizedTest
  @CsvSource({
    "true, 3006020101020101",
    "true, 30070202008002017f",
    "false, 3006020180020101",
    "false, 300702020001020101",
    "false, 300602010102010100",
    "false, 30810602010102 0101",
    "false, 3006020101",
    "false, 300502000201 01",
    "false, 3106020101020101",
    "false, ''"
  })
  void exactness_holdsForTheOneEncodingOnly(boolean exact, String hex) {
    byte[] signature = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(EcdsaDer.isExact(signature)).isEqualTo(exact);
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
