package io.strongroom.custody.store;

import java.util.List;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;

/** What differs between databases; everything else is the same SQL. */
interface Dialect {

  /** Connections for reading; each transaction sees one state of the database. */
  DataSource readers();

  /** Connections for writing; at most one transaction at a time over all processes. */
  DataSource writers();

  /** Takes the lock that makes this the only writing transaction, until it ends. */
  void lockForWriting(Handle handle);

  /** Runs this while no other process on the same database does. */
  void alone(Runnable work);

  /** The migrations that only this database has, on top of the common ones. */
  List<String> ownMigrations();
}
