package io.strongroom.custody.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {

  @Test
  void parse_everyPart_isFound() {
    PostgresUrl url =
        PostgresUrl.parse(
            "postgresql://app%40eu@db1:5433,db2/custody?sslmode=verify-full&sslrootcert=/etc/ca+1.pem&password-file=/run/pw");
    assertThat(url)
        .isEqualTo(
            new PostgresUrl(
                "app@eu",
                "db1:5433,db2",
                "custody",
                Path.of("/run/pw"),
                Map.of("sslmode", "verify-full", "sslrootcert", "/etc/ca+1.pem")));
  }

  @Test
  void parse_noUser_leavesItOpen() {
    assertThat(PostgresUrl.parse("postgresql://db/custody").user()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://app:s3cret@db/custody",
        "postgresql://app@db/custody?password=s3cret",
        "postgresql://app@db/custody?sslpassword=s3cret"
      })
  void parse_password_isRefusedWithTheReasonAndNotRepeated(String url) {
    assertThatThrownBy(() -> PostgresUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must not hold a password")
        .hasMessageContaining("password-file")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql:",
        "postgresql:db",
        "postgresql:///custody",
        "postgresql://db",
        "postgresql://db/",
        "postgresql://a@b@db/custody",
        "postgresql://db/custody/more"
      })
  void parse_malformed_saysHowItLooks(String url) {
    assertThatThrownBy(() -> PostgresUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("postgresql://[user@]host[:port]/database");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socketFactory=x.Y", "options=-c%20fsync=off", "sslmode", "loggerLevel=ALL"})
  void parse_optionThatIsNotPassedOn_isRefusedWithTheOnesThatAre(String option) {
    assertThatThrownBy(() -> PostgresUrl.parse("postgresql://db/custody?" + option))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(option.split("=", 2)[0])
        .hasMessageContaining("sslrootcert");
  }

  @Test
  void parse_sslmodeThatIsNone_isRefusedWithTheOnesThereAre() {
    assertThatThrownBy(() -> PostgresUrl.parse("postgresql://db/custody?sslmode=verify-fool"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"verify-fool\"")
        .hasMessageContaining("verify-full");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, true",
    "127.0.0.1:5433, true",
    "[::1]:5433, true",
    "'localhost,127.0.0.1', true",
    "db, false",
    "127.example.org, false",
    "localhost.example.org, false",
    "'localhost,db', false"
  })
  void isLocal_hosts_areThisMachineOrNot(String hosts, boolean local) {
    assertThat(PostgresUrl.parse("postgresql://" + hosts + "/custody").isLocal()).isEqualTo(local);
  }
}
