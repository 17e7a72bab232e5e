package io.strongroom.custody.store;

import java.sql.SQLException;
import org.jdbi.v3.core.JdbiException;

/** A statement that was not given to the database through Jdbi has failed. */
final class FailedStatementException extends JdbiException {

  private static final long serialVersionUID = 1L;

  FailedStatementException(SQLException cause) {
    super(cause.getMessage(), cause);
  }
}
