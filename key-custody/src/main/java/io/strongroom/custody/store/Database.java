package io.strongroom.custody.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The store. Reads see one state of the database each; writes are serialised over all processes and
 * are on disk when {@link #write} returns. Safe for use by many threads.
 */
public final class Database implements AutoCloseable {

  private static final int READERS = 8;

  private final HikariDataSource readers;
  private final HikariDataSource writers;
  private final Jdbi reading;
  private final GroupCommit committer;

  private Database(Dialect dialect) {
    this.writers = pool("strongroom-write", dialect.writers(), 1);
    this.readers = pool("strongroom-read", dialect.readers(), READERS);
    Migrations.run(dialect, writers);
    this.reading = Jdbi.create(readers);
    this.committer = new GroupCommit(Jdbi.create(writers), dialect);
  }

  /**
   * Opens the store that a URL names, and creates or migrates its tables.
   *
   * @param url {@code sqlite:<path>}
   * @throws IllegalArgumentException if it is another kind of URL
   */
  public static Database open(String url) {
    return new Database(new SqliteDialect(file(url)));
  }

  /**
   * Whether there is something to open that was not made by opening it.
   *
   * @throws IllegalArgumentException if it is another kind of URL
   */
  public static boolean exists(String url) {
    return Files.exists(file(url));
  }

  private static Path file(String url) {
    if (!url.startsWith("sqlite:") || url.length() == "sqlite:".length()) {
      throw new IllegalArgumentException(
          "a store's URL looks like sqlite:/path/custody.db; got \"" + scheme(url) + "\"");
    }
    return Path.of(url.substring("sqlite:".length()));
  }

  /** Runs this in a reading transaction. */
  public <T> T read(Function<Handle, T> work) {
    return reading.inTransaction(work::apply);
  }

  /**
   * Runs this in a writing transaction; whatever it throws undoes it and is thrown here. It should
   * not wait for anything: every other writer waits for it.
   */
  public <T> T write(Function<Handle, T> work) {
    return committer.write(work);
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return writers.isClosed();
  }

  /** Finishes what is being written and closes all connections. Idempotent. */
  @Override
  public void close() {
    committer.close();
    readers.close();
    writers.close();
  }

  private static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon < 0 ? url : url.substring(0, colon + 1) + "…";
  }

  private static HikariDataSource pool(String name, DataSource source, int connections) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(source);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }
}
