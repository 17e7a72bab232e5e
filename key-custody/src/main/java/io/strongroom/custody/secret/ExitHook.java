package io.strongroom.custody.secret;

/** Something to be done when the process is interrupted or terminated, or else is removed again. */
final class ExitHook {

  private final Thread thread;

  private ExitHook(Thread thread) {
    this.thread = thread;
  }

  static ExitHook add(Runnable work) {
    ExitHook hook = new ExitHook(new Thread(work, "strongroom-exit"));
    Runtime.getRuntime().addShutdownHook(hook.thread);
    return hook;
  }

  void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException endingAlready) {
      // It runs, and does what its owner has just done once more.
      return;
    }
  }
}
