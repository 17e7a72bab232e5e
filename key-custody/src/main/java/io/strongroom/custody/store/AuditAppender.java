package io.strongroom.custody.store;

import java.util.List;

/** Writes records to the end of the audit trail. For one thread. */
interface AuditAppender {

  /**
   * Writes these and returns when they are on disk; whatever is thrown, none of them was written.
   *
   * @throws OutcomeUnknownException if the connection was lost and the database does not tell
   */
  void append(Linking linking, List<AuditRow> drafts);
}
