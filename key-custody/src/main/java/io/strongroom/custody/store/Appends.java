package io.strongroom.custody.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;

/**
 * Items of one kind that many callers append, and that go into the database together: one statement
 * for all that wait, instead of some for each. Safe for use by many threads.
 */
public final class Appends<E> {

  private final GroupCommit committer;
  private final BiConsumer<Handle, List<E>> writing;
  // The writer's own: what goes into its next transaction.
  private final List<E> waiting = new ArrayList<>();

  Appends(GroupCommit committer, BiConsumer<Handle, List<E>> writing) {
    this.committer = committer;
    this.writing = writing;
  }

  /** Appends an item and returns when it is on disk. */
  public void append(E item) {
    committer.append(this, item);
  }

  void add(E item) {
    waiting.add(item);
  }

  /** Writes what was added; empties it, whatever happens. */
  void write(Handle handle) {
    try {
      writing.accept(handle, List.copyOf(waiting));
    } finally {
      waiting.clear();
    }
  }
}
