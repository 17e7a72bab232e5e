package io.strongroom.custody.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An instance is killed with {@code kill -9} while it holds the write lock. */
@ExtendWith(PostgresExtension.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KilledWriterTest {

  @Test
  void write_lockHolderKilledOnSqlite_goesOnWithoutItsHalf(@TempDir Path dir) throws Exception {
    assertGoesOn("sqlite:" + dir.resolve("custody.db"));
  }

  @Test
  void write_lockHolderKilledOnPostgres_goesOnWithoutItsHalf(PostgresServer server)
      throws Exception {
    assertGoesOn(server.newStore());
  }

  private static void assertGoesOn(String url) throws Exception {
    try (Database database = Database.open(url)) {
      killInTheMiddle(url);
      assertThat(database.<String>write(handle -> MetaRows.getOrSet(handle, "next", "x")))
          .isEqualTo("x");
      assertThat(database.<Boolean>read(handle -> MetaRows.find(handle, "half").isPresent()))
          .isFalse();
    }
  }

  private static void killInTheMiddle(String url) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                HoldingMain.class.getName(),
                url)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.lines().anyMatch(HoldingMain.HOLDING::equals)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
