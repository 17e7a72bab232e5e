package io.strongroom.custody.store;

import org.jdbi.v3.core.JdbiException;

/** The store was lost in the middle of a commit and has not come back to say how that ended. */
public final class OutcomeUnknownException extends JdbiException {

  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(Throwable cause) {
    super("the store was lost while it wrote, and whether it did is not known", cause);
  }
}
