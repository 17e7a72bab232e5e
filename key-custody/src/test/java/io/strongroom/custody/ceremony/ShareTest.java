package io.strongroom.custody.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.secret.Secret;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareTest {

  private static final String VALUE =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

  /**
   * Version, set, 3 of 5, number 4, 32 bytes, the value, its check value (FIPS 197 key; AES-256-ECB
   * of a zero block from OpenSSL) and CRC-32.
   */
  private static final String GOLDEN = "01" + "c0ffee42" + "03" + "05" + "04" + "20" + VALUE;

  private final Secrets secrets = new Secrets();

  @AfterEach
  void close() {
    secrets.close();
  }

  @Test
  void write_aShare_hasTheDocumentedBytes() {
    Secret bytes = secrets.memory.secret(Share.BYTES);
    new Share(0xc0ffee42, 3, 5, 4, secrets.hex(VALUE)).write(secrets.checkValues, bytes);
    assertThat(Secrets.hex(bytes)).isEqualTo(withCrc(GOLDEN + "f29000"));
  }

  @Test
  void read_whatWriteWrote_givesTheShare() {
    Share share = Share.read(secrets.checkValues, secrets.hex(withCrc(GOLDEN + "f29000")));
    assertThat(share.setName()).isEqualTo("C0FFEE42");
    assertThat(share.threshold()).isEqualTo(3);
    assertThat(share.count()).isEqualTo(5);
    assertThat(share.number()).isEqualTo(4);
    assertThat(Secrets.hex(share.value())).isEqualTo(VALUE);
  }

  @Test
  void read_anyBitChanged_isRefused() {
    byte[] good = Secrets.bytes(secrets.hex(withCrc(GOLDEN + "f29000")));
    Secret bad = secrets.memory.secret(Share.BYTES);
    for (int bit = 0; bit < 8 * Share.BYTES; bit++) {
      for (int i = 0; i < good.length; i++) {
        bad.set(i, good[i] ^ (i == bit / 8 ? 1 << bit % 8 : 0));
      }
      assertThatThrownBy(() -> Share.read(secrets.checkValues, bad))
          .isInstanceOf(CustodyException.BadInput.class)
          .hasMessageContaining("checksum");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "02c0ffee4203050420, f29000, format version 2",
    "01c0ffee4201050420, f29000, contradicts itself",
    "01c0ffee4206050420, f29000, contradicts itself",
    "01c0ffee4203090420, f29000, contradicts itself",
    "01c0ffee4203050020, f29000, contradicts itself",
    "01c0ffee4203050620, f29000, contradicts itself",
    "01c0ffee4203050410, f29000, contradicts itself",
    "01c0ffee4203050420, f29001, contradicts itself"
  })
  void read_impossibleFieldsWithAGoodChecksum_isRefused(
      String head, String checkValue, String message) {
    Secret bad = secrets.hex(withCrc(head + VALUE + checkValue));
    assertThatThrownBy(() -> Share.read(secrets.checkValues, bad))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining(message);
  }

  @Test
  void toString_ofAShare_tellsNothingOfItsValue() {
    assertThat(new Share(1, 2, 3, 1, secrets.hex(VALUE)).toString())
        .contains("Secret[32 bytes]")
        .doesNotContain("0001");
  }

  private static String withCrc(String hex) {
    CRC32 crc = new CRC32();
    crc.update(java.util.HexFormat.of().parseHex(hex));
    byte[] sum = ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
    return hex + java.util.HexFormat.of().formatHex(sum);
  }
}
