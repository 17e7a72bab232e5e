package io.strongroom.custody.store;

/** Records that many callers append; what waits goes to disk together. For many threads. */
public final class Appends {

  private final GroupCommit committer;
  private final Linking linking;

  Appends(GroupCommit committer, Linking linking) {
    this.committer = committer;
    this.linking = linking;
  }

  /**
   * Appends a record and returns when it is on disk.
   *
   * @throws IllegalStateException if the store is closed
   */
  public void append(AuditRow draft) {
    committer.append(linking, draft);
  }
}
