package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SoftHsmExtension.class)
class PinGuardTest {
  @TempDir Path folder;
  private SoftHsmToken token;
  private FaultyLibrary library;
  private Path rightPin;

  @BeforeEach
  void wrongPin(SoftHsmToken fresh, FaultyLibrary counting) throws IOException {
    token = fresh;
    library = counting;
    rightPin = Files.copy(token.userPin(), folder.resolve("right.pin"));
    replacePin(Files.writeString(folder.resolve("wrong.pin"), "000000"));
  }

  private void replacePin(Path by) throws IOException {
    Path fresh = Files.copy(by, folder.resolve("fresh.pin"));
    Files.move(fresh, token.userPin(), StandardCopyOption.REPLACE_EXISTING);
  }

  private Hsm open() {
    // Another instance each time, as after a restart of the process.
    return new PinGuard(folder, library.url()).open();
  }

  @Test
  void pin_refused_isNotTriedAgainByLaterStarts() {
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(this::open).isInstanceOf(HsmException.AccessDenied.class);
    }

    assertThat(library.calls("C_Login")).isEqualTo(1);
    assertThatThrownBy(this::open)
        .hasMessageContaining("refused this PIN before")
        .hasMessageContaining(folder.resolve("pin-refused").toString());
  }

  @Test
  void pin_refusedAndReplaced_isTried() throws IOException {
    assertThatThrownBy(this::open).isInstanceOf(HsmException.AccessDenied.class);

    replacePin(rightPin);

    try (Hsm hsm = open()) {
      assertThat(hsm.random(1)).hasSize(1);
    }
    assertThat(folder.resolve("pin-refused")).doesNotExist();
  }

  @Test
  void pin_refusedAndTheMarkerDeleted_isTriedOnce() throws IOException {
    assertThatThrownBy(this::open).isInstanceOf(HsmException.AccessDenied.class);
    Files.delete(folder.resolve("pin-refused"));

    assertThatThrownBy(this::open).hasMessageContaining("CKR_PIN_INCORRECT");

    assertThat(library.calls("C_Login")).isEqualTo(2);
  }

  @Test
  void marker_saysNothingOfThePin() throws IOException {
    assertThatThrownBy(this::open).isInstanceOf(HsmException.AccessDenied.class);

    assertThat(folder.resolve("pin-refused"))
        .content()
        .contains("user.pin")
        .doesNotContain("000000");
  }
}
