package io.strongroom.custody.store;

import java.util.List;
import java.util.Optional;

/** Makes records of the trail from drafts of them. May be asked more than once about the same. */
@FunctionalInterface
public interface Linking {

  /**
   * The records as they follow this head.
   *
   * @param head where the trail ends; nothing if it is empty
   */
  List<AuditRow> link(Optional<AuditRows.Head> head, List<AuditRow> drafts);
}
