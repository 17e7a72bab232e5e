package io.strongroom.custody.store;

import com.zaxxer.hikari.HikariConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/** One SQLite file, shared by any number of processes on one machine. */
final class SqliteDialect implements Dialect {

  private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration LOCK_RETRY = Duration.ofMillis(20);

  private final Path file;

  SqliteDialect(Path file) {
    this.file = file.toAbsolutePath();
  }

  @Override
  public boolean exists() {
    return Files.exists(file);
  }

  @Override
  public HikariConfig readers() {
    return pool(TransactionMode.DEFERRED);
  }

  @Override
  public HikariConfig writers() {
    createPrivately(file);
    return pool(TransactionMode.IMMEDIATE);
  }

  @Override
  public void check(Handle handle) {
    // The driver brings the database along.
  }

  @Override
  public String lockForWriting(Handle handle) {
    // The driver puts BEGIN IMMEDIATE in front of a transaction's first statement, whatever it is.
    return "";
  }

  /** A commit that fails here has been rolled back: there is no answer that could get lost. */
  @Override
  public Ending ending(Handle handle, String transaction) {
    return Ending.UNDONE;
  }

  @Override
  public void alone(Runnable work) {
    Path lock = file.resolveSibling(file.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock(channel)) {
      work.run();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + lock + "; check the folder's permissions", e);
    }
  }

  @Override
  public List<String> ownMigrations() {
    return List.of("sqlite/V2__audit_guard.sql", "sqlite/V8__key_changes.sql");
  }

  @Override
  public Watch watch(Runnable changed) {
    return new SqliteWatch(source(TransactionMode.DEFERRED), changed);
  }

  /** File locks are per process: threads of this one have to be told apart by waiting. */
  private static FileLock lock(FileChannel channel) throws IOException {
    while (true) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException e) {
        LockSupport.parkNanos(LOCK_RETRY.toNanos());
      }
    }
  }

  private HikariConfig pool(TransactionMode mode) {
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(source(mode));
    return pool;
  }

  private DataSource source(TransactionMode mode) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setBusyTimeout((int) BUSY_TIMEOUT.toMillis());
    config.enforceForeignKeys(true);
    config.setTransactionMode(mode);
    // Nobody asks for them, and looking for them costs a statement for each row.
    config.setGetGeneratedKeys(false);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static void createPrivately(Path file) {
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      if (!Files.exists(file)) {
        Files.createFile(file, ownerOnly());
      }
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; the file is there, which is all that is wanted.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot create the store " + file + "; check that its folder can be written", e);
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
