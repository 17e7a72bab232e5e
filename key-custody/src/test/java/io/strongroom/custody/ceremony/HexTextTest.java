package io.strongroom.custody.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.secret.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HexTextTest {

  private final Secrets secrets = new Secrets();

  @AfterEach
  void close() {
    secrets.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789abcdef",
        "0123456789ABCDEF",
        "0123 4567 89ab CDEF",
        "01-23-45-67-89-AB-CD-EF",
        " 01:23:45:67\t89:ab:cd:ef ",
        "0 123456789abcdef-"
      })
  void parse_digitsInAnyForm_givesTheBytes(String text) {
    Secret bytes = secrets.memory.secret(8);
    HexText.parse(secrets.text(text), bytes);
    assertThat(Secrets.hex(bytes)).isEqualTo("0123456789abcdef");
  }

  @Test
  void parse_everyOtherCharacter_isRejectedWithItsPlaceAndNotShown() {
    for (int c = 0; c < 256; c++) {
      if ("0123456789abcdefABCDEF -:\t".indexOf(c) < 0) {
        Secret text = secrets.text("12" + (char) c + "4");
        assertThatThrownBy(() -> HexText.parse(text, secrets.memory.secret(2)))
            .as("character %d", c)
            .isInstanceOf(CustodyException.BadInput.class)
            .hasMessageStartingWith("character 3 is no hexadecimal digit");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "123", "12345", "1234 5678"})
  void parse_anotherNumberOfDigits_isRejectedWithBothNumbers(String text) {
    assertThatThrownBy(() -> HexText.parse(secrets.text(text), secrets.memory.secret(2)))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("and 4 are wanted");
  }

  @Test
  void write_bytes_givesGroupsOfFourThatParseBack() {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    Secret text = secrets.memory.secret(HexText.size(256));
    HexText.write(secrets.of(all), text);
    assertThat(Secrets.text(text)).startsWith("0001 0203 0405").endsWith("FCFD FEFF");
    Secret back = secrets.memory.secret(256);
    HexText.parse(text, back);
    assertThat(Secrets.bytes(back)).isEqualTo(all);
  }
}
