package io.strongroom.custody;

import io.strongroom.custody.store.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** Where a test keeps its store: in a file, or in a schema of a real PostgreSQL. */
sealed interface TestStore {

  /** The URL of a new, empty store. */
  String fresh(Path dir);

  /** Changes the audit as one would who may do anything to the store, guards or not. */
  void tamper(String storeUrl, String sql);

  /** A copy of a store as it is on disk now; its URL. */
  String copy(String storeUrl, Path dir);

  /** A connection past all guards, for whoever tampers with more than one statement. */
  Connection connect(String storeUrl);

  /** SQLite. */
  record OnFile() implements TestStore {

    private static final String GUARDS =
        "DROP TRIGGER IF EXISTS audit_no_update; DROP TRIGGER IF EXISTS audit_no_delete;"
            + "DROP TRIGGER IF EXISTS audit_checkpoint_no_update;"
            + "DROP TRIGGER IF EXISTS audit_checkpoint_no_delete;";

    @Override
    public String fresh(Path dir) {
      return "sqlite:" + dir.resolve("custody-" + UUID.randomUUID() + ".db");
    }

    @Override
    public void tamper(String storeUrl, String sql) {
      execute(storeUrl, GUARDS + sql);
    }

    @Override
    public String copy(String storeUrl, Path dir) {
      Path copy = dir.resolve("copy-" + UUID.randomUUID() + ".db");
      execute(storeUrl, "VACUUM INTO '" + copy + "'");
      return "sqlite:" + copy;
    }

    @Override
    public Connection connect(String storeUrl) {
      execute(storeUrl, GUARDS);
      try {
        return DriverManager.getConnection("jdbc:" + storeUrl);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void execute(String storeUrl, String sql) {
      try (Connection connection = DriverManager.getConnection("jdbc:" + storeUrl);
          Statement statement = connection.createStatement()) {
        statement.executeUpdate(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** PostgreSQL. */
  record OnServer(PostgresServer server) implements TestStore {

    @Override
    public String fresh(Path dir) {
      return server.newStore();
    }

    @Override
    public void tamper(String storeUrl, String sql) {
      server.execute(
          storeUrl,
          "ALTER TABLE audit DISABLE TRIGGER USER;"
              + "ALTER TABLE audit_checkpoint DISABLE TRIGGER USER;"
              + sql);
    }

    /** Without the triggers, which are not part of what a table is like. */
    @Override
    public String copy(String storeUrl, Path dir) {
      String copy = server.newStore();
      server.execute(
          """
          DO $$ DECLARE t text; BEGIN
            FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '%1$s' LOOP
              EXECUTE format('CREATE TABLE %2$s.%%I (LIKE %1$s.%%I INCLUDING ALL)', t, t);
              EXECUTE format('INSERT INTO %2$s.%%I SELECT * FROM %1$s.%%I', t, t);
            END LOOP;
          END $$\
          """
              .formatted(PostgresServer.schema(storeUrl), PostgresServer.schema(copy)));
      return copy;
    }

    @Override
    public Connection connect(String storeUrl) {
      return server.connect(storeUrl);
    }
  }
}
