package io.strongroom.custody.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.store.CuttingProxy.Cut;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connection to PostgreSQL is lost at the worst moments. */
@ExtendWith(PostgresExtension.class)
class LostConnectionTest {

  private PostgresServer server;
  private String direct;
  private CuttingProxy proxy;
  private Database database;

  @BeforeEach
  void storeBehindAProxy(PostgresServer given) {
    server = given;
    direct = server.newStore();
    proxy = new CuttingProxy(server.port());
    database = Database.open(direct.replace(":" + server.port() + "/", ":" + proxy.port() + "/"));
  }

  @AfterEach
  void close() {
    proxy.mend();
    database.close();
    proxy.close();
  }

  @Test
  void write_answerToTheCommitLost_isKnownToBeDone() {
    proxy.cutNext(Cut.AFTER, "COMMIT");
    assertThat(set("a")).isEqualTo("x");
    assertThat(names()).contains("a");
  }

  @Test
  void write_commitLost_isKnownToBeUndone() {
    proxy.cutNext(Cut.BEFORE, "COMMIT");
    assertThatThrownBy(() -> set("a"))
        .isInstanceOf(JdbiException.class)
        .isNotInstanceOf(OutcomeUnknownException.class);
    assertThat(names()).doesNotContain("a");
    assertThat(set("b")).isEqualTo("x");
  }

  /** A server that crashes gives the numbers of transactions that it lost to others. */
  @Test
  void write_serverCrashedBeforeTheCommitAndTheNumberIsAnothers_isNotTakenForDone() {
    proxy.cutNext(
        Cut.BEFORE,
        "COMMIT",
        () -> {
          server.crashAndRestart();
          try (Database other = Database.open(direct)) {
            for (int i = 0; i < 60; i++) {
              String name = "b" + i;
              other.write(handle -> MetaRows.getOrSet(handle, name, "x"));
            }
          }
        });
    assertThatThrownBy(() -> set("a")).isInstanceOf(JdbiException.class);
    assertThat(names()).contains("b59").doesNotContain("a");
  }

  @Test
  void write_connectionsCutBetween_goesOnOnNewOnes() {
    set("a");
    proxy.cutAll();
    proxy.mend();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(set("b")).isEqualTo("x"));
    assertThat(database.<List<String>>read(this::namesIn)).contains("a", "b");
  }

  @ParameterizedTest
  @EnumSource(
      value = Cut.class,
      names = {"BEFORE", "AFTER"})
  void append_statementOrAnswerLost_isThereOnce(Cut cut) {
    Appends appends = database.appends(Drafts::linked);
    appends.append(Drafts.by("first"));
    proxy.cutNext(cut, "unlucky");
    appends.append(Drafts.by("unlucky"));
    appends.append(Drafts.by("last"));
    assertThat(database.<List<String>>read(Drafts::principals))
        .containsExactly("first", "unlucky", "last");
  }

  private String set(String name) {
    return database.write(handle -> MetaRows.getOrSet(handle, name, "x"));
  }

  /** As the server has it, not through the proxy. */
  private List<String> names() {
    try (Database other = Database.open(direct)) {
      return other.read(this::namesIn);
    }
  }

  private List<String> namesIn(Handle handle) {
    return handle.createQuery("SELECT name FROM meta").mapTo(String.class).list();
  }
}
