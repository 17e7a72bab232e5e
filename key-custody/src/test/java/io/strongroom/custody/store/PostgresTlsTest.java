package io.strongroom.custody.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateExpiredException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server with a certificate for {@code localhost}, made by OpenSSL. */
@ExtendWith(PostgresExtension.class)
class PostgresTlsTest {

  @TempDir static Path dir;

  private static PostgresServer server;
  private static String url;

  @BeforeAll
  static void speakTls(PostgresServer given) throws Exception {
    server = given;
    url = server.newStore().replace("@127.0.0.1:", "@localhost:");
    authority("ca");
    authority("other");
    openssl("-CA ca.pem -CAkey ca.key -subj /CN=db -addext subjectAltName=DNS:localhost", "server");
    server.speakTls(dir.resolve("server.pem"), dir.resolve("server.key"));
  }

  @AfterAll
  static void speakNoTls() {
    server.speakNoTls();
  }

  @Test
  void open_rightAuthorityAndHost_speaksTls() {
    try (Database database = Database.open(verifying("ca.pem", "localhost"))) {
      assertThat(
              database.<Boolean>read(handle ->
                  handle
                      .createQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                      .mapTo(Boolean.class)
                      .one()))
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ca.pem, 127.0.0.1, hostname 127.0.0.1, a host that the server's certificate is for",
    "other.pem, localhost, not trusted, as sslrootcert",
    "none.pem, localhost, none.pem, as sslrootcert",
    "server.key, localhost, server.key, as sslrootcert"
  })
  void open_certificateThatIsNotTheOneToTrust_saysWhy(
      String authority, String host, String what, String advice) {
    assertUnusable(verifying(authority, host), what, advice);
  }

  @Test
  void explain_certificateThatHasExpired_saysToRenewIt() {
    SQLException lost =
        new SQLException(
            "SSL error", "08006", new CertificateExpiredException("NotAfter: yesterday"));
    assertThat(StoreFailure.explain(lost)).contains("yesterday", "renew it");
  }

  @Test
  void open_serverWithoutTls_isNotSpokenToInPlain() {
    server.speakNoTls();
    try {
      assertUnusable(verifying("ca.pem", "localhost"), "does not support SSL", "sslmode");
    } finally {
      server.speakTls(dir.resolve("server.pem"), dir.resolve("server.key"));
    }
  }

  private static String verifying(String authority, String host) {
    return url.replace("@localhost:", "@" + host + ":")
        + "&sslmode=verify-full&sslrootcert="
        + dir.resolve(authority);
  }

  private static void assertUnusable(String url, String what, String advice) {
    assertThatThrownBy(() -> Database.open(url).close())
        .satisfies(e ->
            assertThat(StoreFailure.explain(e)).contains(what).contains(advice).hasLineCount(1));
  }

  private static void authority(String name) throws IOException, InterruptedException {
    openssl("-subj /CN=" + name, name);
  }

  private static void openssl(String how, String name) throws IOException, InterruptedException {
    String command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout %1$s.key -out %1$s.pem %2$s"
            .formatted(name, how);
    Process openssl =
        new ProcessBuilder(command.split(" "))
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("openssl.log").toFile())
            .start();
    assertThat(openssl.waitFor())
        .as("exit code of %s: %s", command, Files.readString(dir.resolve("openssl.log")))
        .isZero();
  }
}
