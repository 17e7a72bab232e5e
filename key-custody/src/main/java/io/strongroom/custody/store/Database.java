package io.strongroom.custody.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The store. Reads see one state of the database each; writes are serialised over all processes and
 * are on disk when {@link #write} returns. Safe for use by many threads.
 */
public final class Database implements AutoCloseable {

  private static final String SQLITE = "sqlite:";
  private static final int READERS = 8;

  private final HikariDataSource readers;
  private final HikariDataSource writers;
  private final Jdbi reading;
  private final GroupCommit committer;
  private final KeyCache keys;

  private Database(Dialect dialect) {
    this.writers = pool("strongroom-write", dialect.writers(), 1);
    try {
      Jdbi writing = Jdbi.create(writers);
      writing.useHandle(dialect::check);
      Migrations.run(dialect);
      this.readers = pool("strongroom-read", dialect.readers(), READERS);
      this.reading = Jdbi.create(readers);
      Writer writer = new Writer(writing, dialect);
      this.committer = new GroupCommit(writer, dialect.appender(writer));
      this.keys = new KeyCache(dialect, this::read);
    } catch (RuntimeException e) {
      writers.close();
      throw e;
    }
  }

  /**
   * Opens the store that a URL names, and creates or migrates its tables.
   *
   * @param url {@code sqlite:<path>} or {@code postgresql://[user@]host[:port]/database}
   * @throws IllegalArgumentException if it is another kind of URL, or holds a password
   */
  public static Database open(String url) {
    return new Database(dialect(url));
  }

  /**
   * Whether there is something to open that was not made by opening it.
   *
   * @throws IllegalArgumentException if it is another kind of URL, or holds a password
   */
  public static boolean exists(String url) {
    return dialect(url).exists();
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
    try {
      return committer.write(work);
    } finally {
      keys.forget();
    }
  }

  /** Appends to the audit trail; what waits at a time is linked by one call of {@code linking}. */
  public Appends appends(Linking linking) {
    return new Appends(committer, linking);
  }

  /** Keys for use, remembered where that is safe. */
  public KeyCache keys() {
    return keys;
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return writers.isClosed();
  }

  /** Finishes what is being written and closes all connections. Idempotent. */
  @Override
  public void close() {
    keys.close();
    committer.close();
    readers.close();
    writers.close();
  }

  private static Dialect dialect(String url) {
    if (url.startsWith(PostgresUrl.SCHEME)) {
      return new PostgresDialect(PostgresUrl.parse(url), System.getenv());
    }
    if (!url.startsWith(SQLITE) || url.length() == SQLITE.length()) {
      throw new IllegalArgumentException(
          "a store's URL looks like sqlite:/path/custody.db or postgresql://host/database; got \"%s\""
              .formatted(scheme(url)));
    }
    return new SqliteDialect(Path.of(url.substring(SQLITE.length())));
  }

  private static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon < 0 ? url : url.substring(0, colon + 1) + "…";
  }

  private static HikariDataSource pool(String name, HikariConfig config, int connections) {
    config.setPoolName(name);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }
}
