package io.strongroom.custody.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

  @TempDir Path dir;

  @Test
  void open_newFile_isReadableByItsOwnerOnly() throws Exception {
    try (Database database = open()) {
      assertThat(Files.getPosixFilePermissions(dir.resolve("custody.db")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(pragma(database, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(database, "synchronous")).isEqualTo("2");
      assertThat(pragma(database, "foreign_keys")).isEqualTo("1");
    }
  }

  @Test
  void open_missingFolder_isCreated() {
    try (Database database = Database.open("sqlite:" + dir.resolve("a/b/custody.db"))) {
      assertThat(database.isClosed()).isFalse();
    }
  }

  @Test
  void open_otherScheme_isRefusedWithoutRepeatingTheUrl() {
    assertThatThrownBy(() -> Database.open("cloud://user:secret@db/custody"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sqlite:")
        .hasMessageContaining("postgresql:")
        .hasMessageNotContaining("secret");
  }

  @Test
  void open_manyAtOnceOnOneNewFile_allSucceed() throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<Boolean>> opened =
          executor.invokeAll(
              IntStream.range(0, 4)
                  .<Callable<Boolean>>mapToObj(i ->
                      () -> {
                        try (Database database = open()) {
                          return set(database, "n" + i);
                        }
                      })
                  .toList());
      for (Future<Boolean> future : opened) {
        assertThat(future.get()).isTrue();
      }
    }
  }

  @Test
  void write_jobThatFails_isUndoneAndTakesNoOtherWithIt() throws Exception {
    try (Database database = open();
        ExecutorService executor = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> results =
          executor.invokeAll(
              IntStream.range(0, 200)
                  .<Callable<Boolean>>mapToObj(i -> () -> writeOrFail(database, i))
                  .toList());
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get()).isEqualTo(i % 2 == 0);
      }
      assertThat(count(database)).isEqualTo(100);
    }
  }

  @Test
  void append_recordThatFails_takesNoOtherWithIt() throws Exception {
    try (Database database = open();
        ExecutorService executor = Executors.newFixedThreadPool(8)) {
      Appends appends = database.appends(Drafts::linked);
      List<Future<Boolean>> results =
          executor.invokeAll(
              IntStream.range(0, 200)
                  .<Callable<Boolean>>mapToObj(i -> () -> appended(appends, i))
                  .toList());
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get()).isEqualTo(i % 2 == 0);
      }
      assertThat(database.<Long>read(handle -> AuditRows.head(handle).orElseThrow().sequence()))
          .isEqualTo(100);
    }
  }

  @Test
  void write_acknowledged_isSeenByAnotherInstanceAtOnce() {
    try (Database one = open();
        Database other = open()) {
      set(one, "a");
      assertThat(count(other)).isEqualTo(1);
    }
  }

  @Test
  void write_afterClose_isRefused() {
    Database database = open();
    database.close();
    assertThatThrownBy(() -> set(database, "a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  /** The database takes records of even numbers only: the others have no principal. */
  @SuppressWarnings("NullAway")
  private static boolean appended(Appends appends, int item) {
    try {
      String principal = item % 2 == 0 ? "someone" : null;
      appends.append(Drafts.by(principal));
      return true;
    } catch (JdbiException notNull) {
      return false;
    }
  }

  private boolean writeOrFail(Database database, int i) {
    try {
      return database.write(handle -> {
        handle.execute("INSERT INTO meta (name, value) VALUES (?, 'x')", "n" + i);
        if (i % 2 == 1) {
          throw new IllegalArgumentException("as arranged");
        }
        return true;
      });
    } catch (IllegalArgumentException arranged) {
      return false;
    }
  }

  private static boolean set(Database database, String name) {
    return database.write(handle -> MetaRows.getOrSet(handle, name, "x")).equals("x");
  }

  private static int count(Database database) {
    return database.read(
        handle -> handle.createQuery("SELECT COUNT(*) FROM meta").mapTo(Integer.class).one());
  }

  private static String pragma(Database database, String name) {
    return database.read(handle -> handle.createQuery("PRAGMA " + name).mapTo(String.class).one());
  }

  private Database open() {
    return Database.open("sqlite:" + dir.resolve("custody.db"));
  }
}
