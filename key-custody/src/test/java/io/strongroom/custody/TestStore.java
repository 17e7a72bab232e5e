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
      try (Connection connection = DriverManager.getConnection("jdbc:" + storeUrl);
          Statement statement = connection.createStatement()) {
        statement.executeUpdate(GUARDS + sql);
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
  }
}
