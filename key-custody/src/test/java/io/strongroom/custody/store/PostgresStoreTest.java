package io.strongroom.custody.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is PostgreSQL's own: settings, roles, guards, and what is said when it cannot be used. */
@ExtendWith(PostgresExtension.class)
class PostgresStoreTest {

  private PostgresServer server;
  private String url;

  @BeforeEach
  void newStore(PostgresServer given) {
    server = given;
    url = server.newStore();
  }

  @Test
  void exists_emptySchema_becomesTrueByOpening() {
    assertThat(Database.exists(url)).isFalse();
    Database.open(url).close();
    assertThat(Database.exists(url)).isTrue();
  }

  @Test
  void read_transaction_seesOneStateAndCannotWrite() {
    try (Database database = Database.open(url)) {
      assertThat(database.<String>read(handle -> setting(handle, "transaction_isolation")))
          .isEqualTo("repeatable read");
      assertThat(database.<String>read(handle -> setting(handle, "transaction_read_only")))
          .isEqualTo("on");
    }
  }

  @ParameterizedTest
  @CsvSource({"off,on", "on,on", "local,local", "remote_apply,remote_apply"})
  void write_synchronousCommitOfTheRole_isOverruledOnlyWhereItIsOff(String role, String effective) {
    server.execute("ALTER ROLE custody SET synchronous_commit = " + role);
    try (Database database = Database.open(url)) {
      assertThat(database.<String>write(handle -> setting(handle, "synchronous_commit")))
          .isEqualTo(effective);
    } finally {
      server.execute("ALTER ROLE custody RESET synchronous_commit");
    }
  }

  @ParameterizedTest
  @CsvSource({"off,on", "local,local"})
  void append_synchronousCommitOfTheRole_isOverruledOnlyWhereItIsOff(
      String role, String effective) {
    server.execute("ALTER ROLE custody SET synchronous_commit = " + role);
    try (Database database = Database.open(url)) {
      server.execute(
          url,
          """
          CREATE FUNCTION note_durability() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            INSERT INTO meta (name, value)
              VALUES (NEW.principal, current_setting('synchronous_commit'));
            RETURN NULL;
          END
          $$;
          CREATE TRIGGER noted AFTER INSERT ON audit
            FOR EACH ROW EXECUTE FUNCTION note_durability();
          """);
      Appends appends = database.appends(Drafts::linked);
      appends.append(Drafts.by("under the lock"));
      appends.append(Drafts.by("in one statement"));
      assertThat(
              database.<List<String>>read(handle ->
                  handle
                      .createQuery("SELECT value FROM meta WHERE name IN (:a, :b)")
                      .bind("a", "under the lock")
                      .bind("b", "in one statement")
                      .mapTo(String.class)
                      .list()))
          .containsExactly(effective, effective);
    } finally {
      server.execute("ALTER ROLE custody RESET synchronous_commit");
    }
  }

  @Test
  void append_byTwoInstancesAtOnce_isOneChain() throws Exception {
    try (Database one = Database.open(url);
        Database other = Database.open(url);
        ExecutorService executor = Executors.newFixedThreadPool(8)) {
      List<Appends> instances = List.of(one.appends(Drafts::linked), other.appends(Drafts::linked));
      List<Callable<Boolean>> work = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        Appends appends = instances.get(i % 2);
        String principal = "p" + i;
        work.add(() -> {
          appends.append(Drafts.by(principal));
          return true;
        });
      }
      for (Future<Boolean> done : executor.invokeAll(work)) {
        assertThat(done.get()).isTrue();
      }
      assertThat(one.<List<String>>read(Drafts::principals)).hasSize(300).doesNotHaveDuplicates();
      assertThat(one.<Boolean>read(Drafts::isChain)).isTrue();
    }
  }

  @Test
  void write_isolationOfTheRole_isOverruled() {
    server.execute("ALTER ROLE custody SET default_transaction_isolation = serializable");
    try (Database database = Database.open(url)) {
      assertThat(database.<String>write(handle -> setting(handle, "transaction_isolation")))
          .isEqualTo("read committed");
    } finally {
      server.execute("ALTER ROLE custody RESET default_transaction_isolation");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE audit SET principal = 'x'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE audit_checkpoint SET mac = 'x'",
        "DELETE FROM audit_checkpoint",
        "TRUNCATE audit_checkpoint"
      })
  void audit_changeOfAnyKind_isRefusedByTheDatabase(String sql) {
    Database.open(url).close();
    assertThatThrownBy(() -> server.execute(url, sql))
        .hasMessageContaining("never changed or removed");
  }

  @Test
  void open_roleWithoutDdlOnTablesThatAreThere_works(@TempDir Path dir) throws Exception {
    Database.open(url).close();
    String role = "app" + UUID.randomUUID().toString().replace("-", "");
    String schema = PostgresServer.schema(url);
    Path password = Files.writeString(dir.resolve("password"), "of-the-app\n");
    server.execute(
        url,
        Files.readString(Path.of("..", "docs", "custody", "store-role.sql"))
            .replace("strongroom_app", role)
            .replace("custody_schema", schema)
            .replace("'…'", "'of-the-app'"));
    String asRole =
        "postgresql://%s@127.0.0.1:%d/postgres?password-file=%s&currentSchema=%s"
            .formatted(role, server.port(), password, schema);
    try (Database database = Database.open(asRole)) {
      assertThat(database.<String>write(handle -> MetaRows.getOrSet(handle, "a", "x")))
          .isEqualTo("x");
      assertThatThrownBy(() -> database.write(handle -> handle.execute("DELETE FROM audit")))
          .satisfies(e -> assertThat(StoreFailure.explain(e)).contains("permission denied"));
      assertThatThrownBy(() -> database.write(handle -> handle.execute("CREATE TABLE t (i INT)")))
          .satisfies(e -> assertThat(StoreFailure.explain(e)).contains("grant the role"));
    }
  }

  @Test
  void open_wrongPassword_saysSoAndWhereItComesFrom(@TempDir Path dir) throws Exception {
    Path wrong = Files.writeString(dir.resolve("wrong"), "not-this-one");
    assertUnusable(
        url.replace(server.passwordFile().toString(), wrong.toString()),
        "password authentication failed",
        "PGPASSFILE");
  }

  @Test
  void open_passwordFileMissing_saysWhich(@TempDir Path dir) {
    assertUnusable(
        url.replace(server.passwordFile().toString(), dir.resolve("none").toString()),
        dir.resolve("none").toString(),
        "password");
  }

  @Test
  void open_passwordFromTheEnvironment_isUsed() throws Exception {
    String bare = url.replaceAll("password-file=[^&]*&", "");
    Map<String, String> environment = Map.of("PGPASSWORD", Files.readString(server.passwordFile()));
    assertThatCode(() ->
            new PostgresSource(PostgresUrl.parse(bare), environment, "").getConnection().close())
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> new PostgresSource(PostgresUrl.parse(bare), Map.of(), "").getConnection().close())
        .isInstanceOf(SQLException.class);
  }

  @Test
  void open_databaseThatDoesNotExist_saysSo() {
    assertUnusable(
        url.replace("/postgres?", "/none?"), "\"none\" does not exist", "create the database");
  }

  @Test
  void open_schemaThatDoesNotExist_saysSo() {
    assertUnusable(
        url.replaceAll("currentSchema=.*", "currentSchema=none"), "no schema none", "create it");
  }

  @Test
  void open_noServer_saysSo() {
    assertUnusable(url.replace(":" + server.port() + "/", ":1/"), "refused", "runs");
  }

  @Test
  void open_hostThatDoesNotExist_saysSo() {
    assertUnusable(
        "postgresql://custody@no-such-host.invalid/postgres?sslmode=disable",
        "no host no-such-host.invalid",
        "correct it");
  }

  @Test
  void explain_noPassword_saysWhereItComesFrom() {
    PostgresSource source =
        new PostgresSource(
            PostgresUrl.parse(url.replaceAll("password-file=[^&]*&", "")), Map.of(), "");
    assertThatThrownBy(() -> source.getConnection().close())
        .satisfies(
            e -> assertThat(StoreFailure.explain(e)).contains("no password", "password-file"));
  }

  @Test
  void open_serverWithoutTlsWhereItIsAskedFor_saysSo() {
    assertUnusable(url + "&sslmode=require", "SSL", "sslmode");
  }

  @Test
  void check_serverThatIsTooOld_isRefusedWithItsRelease() {
    assertThatThrownBy(() -> PostgresCheck.requireAtLeast(15, 140_011))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("PostgreSQL 14 is too old, 15");
    assertThatCode(() -> PostgresCheck.requireAtLeast(15, 150_000)).doesNotThrowAnyException();
  }

  @Test
  void close_all_leavesNoConnection() {
    Database database = Database.open(url);
    database.keys().byAlias("alias/none");
    database.close();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(server.clients()).isZero());
  }

  private static void assertUnusable(String url, String what, String advice) {
    assertThatThrownBy(() -> Database.open(url).close())
        .satisfies(e ->
            assertThat(StoreFailure.explain(e)).contains(what).contains(advice).hasLineCount(1));
  }

  private static String setting(Handle handle, String name) {
    return handle
        .createQuery("SELECT current_setting(:name)")
        .bind("name", name)
        .mapTo(String.class)
        .one();
  }
}
