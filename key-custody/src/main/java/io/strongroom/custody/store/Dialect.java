package io.strongroom.custody.store;

import com.zaxxer.hikari.HikariConfig;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** What differs between databases; everything else is the same SQL. */
interface Dialect {

  /** What became of a transaction whose commit got no answer. */
  enum Ending {
    COMMITTED,
    UNDONE,
    UNKNOWN
  }

  /** Whether there is a store already. */
  boolean exists();

  /** A pool of connections for reading; each transaction sees one state of the database. */
  HikariConfig readers();

  /** A pool for writing; at most one transaction at a time over all processes. */
  HikariConfig writers();

  /**
   * Looks whether this database will do, before anything is written to it.
   *
   * @throws IllegalStateException if it will not; the message says why and what to do
   */
  void check(Handle handle);

  /**
   * Takes the lock that makes this the only writing transaction, until it ends.
   *
   * @return the transaction's name, for {@link #ending}
   */
  String lockForWriting(Handle handle);

  /**
   * What became of a transaction, once it is sure that it has ended.
   *
   * @param handle a transaction on another connection
   */
  Ending ending(Handle handle, String transaction);

  /** How records get into the audit trail when nothing else is to be written with them. */
  default AuditAppender appender(Writer writer) {
    return new LockedAppender(writer);
  }

  /** Runs this while no other process on the same database does. */
  void alone(Runnable work);

  /** The migrations that only this database has, on top of the common ones. */
  List<String> ownMigrations();

  /**
   * Watches for changes of keys and aliases, made by whomever.
   *
   * @param changed called for each of them, or once for several; quick, from any thread
   */
  Watch watch(Runnable changed);
}
