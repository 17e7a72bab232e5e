package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a URL may say, and what happens when it does not fit what is there. */
@ExtendWith(SoftHsmExtension.class)
class OpeningTest {
  private SoftHsmToken token;

  @BeforeEach
  void take(SoftHsmToken fresh) {
    token = fresh;
  }

  private String query() {
    return token.url().substring(token.url().indexOf('?'));
  }

  @Test
  void token_bySerialOrSlot_isTheSame() {
    try (Hsm byLabel = Hsm.open(token.url())) {
      String serial = byLabel.info().serial();
      try (Hsm bySerial = Hsm.open("pkcs11:serial=" + serial + query())) {
        assertThat(bySerial.info()).isEqualTo(byLabel.info());
      }
    }
  }

  @Test
  void token_unknown_messageListsThoseThereAre() {
    assertThatThrownBy(() -> Hsm.open("pkcs11:token=nowhere" + query()))
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContaining("nowhere")
        .hasMessageContaining("token=" + token.label());
  }

  @Test
  void library_missing_deviceUnavailableNamesIt() {
    assertThatThrownBy(() -> Hsm.open("pkcs11:token=a?module-path=/no/such.so"))
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContaining("/no/such.so");
  }

  @Test
  void library_thatIsNone_deviceUnavailableNamesIt(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("text.so"), "no library");

    assertThatThrownBy(() -> Hsm.open("pkcs11:token=a?module-path=" + file))
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContaining("text.so");
    assertThatThrownBy(() -> Hsm.open("pkcs11:token=a?module-path=" + dir))
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContaining("is no file");
  }

  @Test
  void library_inUseWithAnotherEnvironment_badInput() {
    try (Hsm hsm = Hsm.open(token.url())) {
      assertThatThrownBy(() -> Hsm.open(token.url() + "&x-env=OTHER=1"))
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("x-env");
      assertThat(hsm.random(1)).hasSize(1);
    }
    try (Hsm hsm = Hsm.open(token.url() + "&x-env=OTHER=1")) {
      assertThat(hsm.random(1)).hasSize(1);
    }
  }

  @Test
  void pinSource_missing_badInputSaysSo() {
    String url = token.url().replaceAll("&pin-source=[^&]*", "");

    assertThatThrownBy(() -> Hsm.open(url))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("pin-source");
  }

  @Test
  void pinSource_plainPathWithNewline_works() throws IOException {
    Files.writeString(token.userPin(), Files.readString(token.userPin()) + "\n");
    String url = token.url().replace("pin-source=file:", "pin-source=");

    try (Hsm hsm = Hsm.open(url)) {
      assertThat(hsm.keys()).isEmpty();
    }
  }

  @Test
  void pinSource_emptyOrMissingFileOrVariable_badInput() throws IOException {
    String none = token.url().replaceAll("&pin-source=[^&]*", "&pin-source=file:/no/such.pin");
    String unset = token.url().replaceAll("&pin-source=[^&]*", "&pin-source=env:NO_SUCH_PIN");
    Files.writeString(token.userPin(), "");

    for (String url : new String[] {none, unset, token.url()}) {
      assertThatThrownBy(() -> Hsm.open(url))
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("PIN");
    }
  }

  @Test
  void open_failed_leavesTheLibraryFree() {
    assertThatThrownBy(() -> Hsm.open("pkcs11:token=nowhere" + query()))
        .isInstanceOf(HsmException.DeviceUnavailable.class);

    // It could not be opened with another environment if it were still in use.
    try (Hsm hsm = Hsm.open(token.url() + "&x-env=OTHER=2")) {
      assertThat(hsm.random(1)).hasSize(1);
    }
  }
}
