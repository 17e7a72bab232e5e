package io.strongroom.cluster.link;

/** A call failed before any byte of it was sent: it can safely be made elsewhere. */
public final class NothingSent extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** For this reason. */
  public NothingSent(Throwable cause) {
    super("nothing was sent", cause);
  }

  /** Whether this failure of a call says that nothing was sent. */
  public static boolean isCauseOf(Throwable failure) {
    return failure.getCause() instanceof NothingSent;
  }
}
