package io.strongroom.custody.store;

import com.zaxxer.hikari.HikariConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** One PostgreSQL database, shared by any number of instances on any number of machines. */
final class PostgresDialect implements Dialect {

  /** The oldest release that the tests run on. */
  private static final int OLDEST = 15;

  /** Names the lock among all advisory locks of the database: "Strong" in ASCII, and a number. */
  static final long WRITE_LOCK = 0x5374_726f_6e67_0001L;

  private static final long MIGRATION_LOCK = 0x5374_726f_6e67_0002L;

  /**
   * In a query: {@code synchronous_commit=off} is overruled for the transaction, nothing else is.
   */
  static final String DURABLY =
      "set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
          + " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)";

  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);

  /**
   * A writer whose machine is gone holds the lock until the server notices; these have it notice
   * within half a minute. Whoever waits for the lock longer is told so instead of hanging.
   */
  private static final String WRITING =
      "-c default_transaction_isolation=read\\ committed"
          + " -c plan_cache_mode=force_generic_plan"
          + " -c lock_timeout=30s -c idle_in_transaction_session_timeout=60s"
          + " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

  private static final String READING = "-c default_transaction_isolation=repeatable\\ read";

  private final PostgresUrl url;
  private final Map<String, String> environment;

  PostgresDialect(PostgresUrl url, Map<String, String> environment) {
    this.url = url;
    this.environment = Map.copyOf(environment);
  }

  @Override
  public boolean exists() {
    return Jdbi.create(source(READING))
        .withHandle(handle ->
            handle
                .createQuery("SELECT to_regclass('audit') IS NOT NULL")
                .mapTo(Boolean.class)
                .one());
  }

  @Override
  public HikariConfig readers() {
    HikariConfig pool = pool(READING);
    pool.setReadOnly(true);
    return pool;
  }

  @Override
  public HikariConfig writers() {
    return pool(WRITING);
  }

  @Override
  public void check(Handle handle) {
    PostgresCheck.requireAtLeast(OLDEST, handle);
    PostgresCheck.requireDurable(handle);
    PostgresCheck.requireSchema(handle);
  }

  /**
   * One statement, one round trip. The next statement sees what the last holder of the lock
   * committed, because each has a snapshot of its own at READ COMMITTED. {@code
   * synchronous_commit=off} would acknowledge what a crash can lose: it is overruled, for this
   * transaction.
   */
  @Override
  public String lockForWriting(Handle handle) {
    return handle
        .createQuery(
            "SELECT pg_current_xact_id() || '@' || extract(epoch FROM pg_postmaster_start_time()),"
                + " pg_advisory_xact_lock(:lock), "
                + DURABLY)
        .bind("lock", WRITE_LOCK)
        .mapTo(String.class)
        .one();
  }

  /**
   * Whoever has the write lock knows that the transaction before has ended. A server that crashed
   * gives the numbers of transactions that it lost to others: then only those that no other has had
   * since tell anything.
   */
  @Override
  public Ending ending(Handle handle, String transaction) {
    String now = lockForWriting(handle);
    boolean restarted = !startOf(now).equals(startOf(transaction));
    String number = numberOf(transaction);
    if (restarted && Long.parseUnsignedLong(number) >= Long.parseUnsignedLong(numberOf(now))) {
      return Ending.UNDONE;
    }
    Optional<String> status =
        handle
            .createQuery("SELECT pg_xact_status(CAST(:transaction AS xid8))")
            .bind("transaction", number)
            .mapTo(String.class)
            .findOne();
    return switch (status.orElse("")) {
      case "committed" -> restarted ? Ending.UNKNOWN : Ending.COMMITTED;
      case "aborted" -> Ending.UNDONE;
      default -> Ending.UNKNOWN;
    };
  }

  private static String numberOf(String transaction) {
    return transaction.substring(0, transaction.indexOf('@'));
  }

  private static String startOf(String transaction) {
    return transaction.substring(transaction.indexOf('@') + 1);
  }

  @Override
  public AuditAppender appender(Writer writer) {
    return new PostgresAppender(writer);
  }

  @Override
  public void alone(Runnable work) {
    // The lock belongs to the connection and goes with it, however this ends.
    try (Handle handle = Jdbi.create(source(WRITING)).open()) {
      handle
          .createQuery("SELECT pg_advisory_lock(:lock)")
          .bind("lock", MIGRATION_LOCK)
          .mapTo(String.class)
          .findOne();
      work.run();
    }
  }

  @Override
  public List<String> ownMigrations() {
    return List.of("postgresql/V2__audit_guard.sql", "postgresql/V8__key_changes.sql");
  }

  @Override
  public Watch watch(Runnable changed) {
    return new PostgresWatch(source(READING), changed);
  }

  private HikariConfig pool(String sessionOptions) {
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(source(sessionOptions));
    pool.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    return pool;
  }

  private DataSource source(String sessionOptions) {
    return new PostgresSource(url, environment, sessionOptions);
  }
}
