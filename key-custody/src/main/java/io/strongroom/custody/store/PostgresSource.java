package io.strongroom.custody.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Connects to PostgreSQL. The password is read anew for each connection, so that a changed one is
 * used without a restart; it comes from the URL's file, else from {@code PGPASSWORD}, else the
 * driver looks into {@code PGPASSFILE}.
 */
final class PostgresSource extends ConnectionsOnly {

  private static final String CONNECT_SECONDS = "10";

  /** No statement of ours takes this long to answer; a server that is gone does. */
  private static final String SOCKET_SECONDS = "60";

  private final PostgresUrl url;
  private final Map<String, String> environment;
  private final String sessionOptions;
  private final Driver driver = new Driver();

  PostgresSource(PostgresUrl url, Map<String, String> environment, String sessionOptions) {
    this.url = url;
    this.environment = environment;
    this.sessionOptions = sessionOptions;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection =
        driver.connect("jdbc:postgresql://" + url.hosts() + "/" + url.database(), properties());
    if (connection == null) {
      throw new SQLException("the driver does not take this URL", "08001");
    }
    return connection;
  }

  private Properties properties() throws SQLException {
    Properties properties = new Properties();
    PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
    PGProperty.SOCKET_TIMEOUT.set(properties, SOCKET_SECONDS);
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.APPLICATION_NAME.set(properties, "strongroom");
    PGProperty.REWRITE_BATCHED_INSERTS.set(properties, true);
    PGProperty.OPTIONS.set(properties, sessionOptions);
    // A server's details quote the values of a row.
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
    if (url.hosts().indexOf(',') >= 0) {
      PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
    }
    if (!url.isLocal()) {
      PGProperty.SSL_MODE.set(properties, "verify-full");
    }
    url.options().forEach(properties::setProperty);
    String user = url.user() != null ? url.user() : environment.get("PGUSER");
    if (user != null) {
      PGProperty.USER.set(properties, user);
    }
    String password = password();
    if (password != null) {
      PGProperty.PASSWORD.set(properties, password);
    }
    return properties;
  }

  private @Nullable String password() throws SQLException {
    Path file = url.passwordFile();
    if (file == null) {
      return environment.get("PGPASSWORD");
    }
    try {
      return Files.readString(file, StandardCharsets.UTF_8).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new SQLException(
          "the password file %s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()),
          "28000",
          e);
    }
  }
}
