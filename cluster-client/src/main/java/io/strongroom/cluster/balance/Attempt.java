package io.strongroom.cluster.balance;

/** One operation at one node, from {@link Member#begin} to its {@link #end}. */
public final class Attempt {

  private final Member member;
  private final Kind kind;
  private final long beganNanos;
  private final int atOnce;

  Attempt(Member member, Kind kind, long beganNanos, int atOnce) {
    this.member = member;
    this.kind = kind;
    this.beganNanos = beganNanos;
    this.atOnce = atOnce;
  }

  /**
   * It ended; called once.
   *
   * @return true if this ejected the node
   */
  public boolean end(Outcome outcome) {
    return member.end(this, outcome);
  }

  Kind kind() {
    return kind;
  }

  long beganNanos() {
    return beganNanos;
  }

  /** How many were outstanding at the node when it began, itself included. */
  int atOnce() {
    return atOnce;
  }
}
