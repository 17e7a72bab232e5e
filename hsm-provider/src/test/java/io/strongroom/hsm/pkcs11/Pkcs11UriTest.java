package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Pkcs11UriTest {

  @Test
  void url_complete_isRead() {
    Pkcs11Uri uri =
        Pkcs11Uri.parse(
            "pkcs11:token=my%20token;serial=12+3?module-path=/lib/x.so&pin-source=file:/pin"
                + "&x-env=A=b=c&x-env=D=&x-init=configdir%3D%27sql:/d%27%20flags%3D&x-sessions=3"
                + "&x-deadline=500ms&x-copies=off&x-guard=always");

    assertThat(uri.attribute("token")).isEqualTo("my token");
    assertThat(uri.attribute("serial")).isEqualTo("12+3");
    assertThat(uri.attribute("model")).isNull();
    assertThat(uri.modulePath()).isEqualTo(Path.of("/lib/x.so"));
    assertThat(uri.pinSource()).isEqualTo("file:/pin");
    assertThat(uri.environment().variables()).isEqualTo(Map.of("A", "b=c", "D", ""));
    assertThat(uri.environment().initialisation()).isEqualTo("configdir='sql:/d' flags=");
    assertThat(uri.sessions()).isEqualTo(3);
    assertThat(uri.deadline()).isEqualTo(Duration.ofMillis(500));
    assertThat(uri.copies()).isEqualTo(CopyUse.OFF);
    assertThat(uri.guard()).isEqualTo(Guard.ALWAYS);
  }

  @Test
  void url_shortest_hasDefaults() {
    Pkcs11Uri uri = Pkcs11Uri.parse("PKCS11:?module-path=/lib/x.so");

    assertThat(uri.path()).isEmpty();
    assertThat(uri.pinSource()).isNull();
    assertThat(uri.environment().initialisation()).isNull();
    assertThat(uri.sessions()).isEqualTo(Pkcs11Uri.DEFAULT_SESSIONS);
    assertThat(uri.deadline()).isEqualTo(Pkcs11Uri.DEFAULT_DEADLINE);
    assertThat(uri.copies()).isEqualTo(CopyUse.AUTO);
    assertThat(uri.guard()).isEqualTo(Guard.AUTO);
  }

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "5s, PT5S", "2m, PT2M"})
  void deadline_withUnit_isRead(String text, Duration expected) {
    assertThat(Pkcs11Uri.parse("pkcs11:?module-path=/x&x-deadline=" + text).deadline())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http:token=a?module-path=/x",
        "pkcs11:token=a",
        "pkcs11:tokn=a?module-path=/x",
        "pkcs11:token?module-path=/x",
        "pkcs11:token=a;token=b?module-path=/x",
        "pkcs11:token=%zz?module-path=/x",
        "pkcs11:?module-path=/x&x-copies=yes",
        "pkcs11:token=a?module-path=/x&x-sesions=1",
        "pkcs11:token=a?module-path=/x&x-sessions=0",
        "pkcs11:token=a?module-path=/x&x-sessions=9999",
        "pkcs11:token=a?module-path=/x&x-sessions=two",
        "pkcs11:token=a?module-path=/x&x-deadline=5",
        "pkcs11:token=a?module-path=/x&x-deadline=5h",
        "pkcs11:token=a?module-path=/x&x-env=NOVALUE",
        "pkcs11:token=a?module-path=/x&x-init=",
        "pkcs11:token=a?module-path=/x&pin-value=1234"
      })
  void url_malformed_badInput(String url) {
    assertThatThrownBy(() -> Pkcs11Uri.parse(url)).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void pinValue_given_isRefusedWithTheReasonAndNotRepeated() {
    assertThatThrownBy(() -> Hsm.open("pkcs11:token=a?module-path=/x&pin-value=314159"))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("process lists")
        .hasMessageContaining("pin-source")
        .hasMessageNotContaining("314159");
  }
}
