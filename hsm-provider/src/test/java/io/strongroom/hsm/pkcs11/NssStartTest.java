package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.softhsm.NssToken;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library that is started with a text. */
class NssStartTest {
  private NssToken token;

  @BeforeEach
  void create(@TempDir Path dir) {
    token = NssToken.create(dir);
  }

  @AfterEach
  void delete() {
    token.delete();
  }

  private String urlWithInit(String init) {
    return token.url().replaceAll("&x-init=.*", init);
  }

  @Test
  void library_startedWithItsText_showsTheTokenOfThatFolder() {
    try (Hsm hsm = Hsm.open(token.url())) {
      assertThat(hsm.info().label()).isEqualTo("NSS Certificate DB");
      assertThat(hsm.info().mechanism("CKM_AES_GCM")).isPresent();
    }
  }

  @Test
  void library_thatWantsATextAndGetsNone_isRefusedWithAHint() {
    assertThatThrownBy(() -> Hsm.open(urlWithInit("")))
        .isInstanceOf(HsmException.class)
        .hasMessageContaining("x-init");
  }

  @Test
  void library_withAFolderThatIsNotThere_isRefusedAndStartsAfterwards() {
    assertThatThrownBy(() -> Hsm.open(urlWithInit("&x-init=configdir%3D'sql:/nowhere/at/all'")))
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContaining("x-init");
    try (Hsm hsm = Hsm.open(token.url())) {
      assertThat(hsm.keys()).isEmpty();
    }
  }

  @Test
  void library_inUseWithAnotherText_isRefused() {
    String other = urlWithInit("&x-init=configdir%3D'sql:/other'");
    try (Hsm hsm = Hsm.open(token.url());
        Hsm same = Hsm.open(token.url())) {
      assertThat(same.keys()).isEqualTo(hsm.keys());
      assertThatThrownBy(() -> Hsm.open(other))
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("x-init");
    }
  }
}
