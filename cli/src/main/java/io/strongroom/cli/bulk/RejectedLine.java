package io.strongroom.cli.bulk;

/** A line that cannot be taken; the message says why and holds nothing of the line. */
public final class RejectedLine extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A line that cannot be taken for this reason. */
  public RejectedLine(String reason) {
    super(reason);
  }
}
