package io.strongroom.cli;

/** The process's exit codes; fixed, because scripts use them. */
final class ExitCode {
  static final int DONE = 0;

  /** A fault of this program, or a step of the demonstration that failed. */
  static final int FAILED = 1;

  static final int USAGE = 2;
  static final int REFUSED = 3;
  static final int NOT_FOUND = 4;
  static final int UNAVAILABLE = 5;
  static final int AUTHENTICATION_FAILED = 6;
  static final int BAD_INPUT = 7;

  private ExitCode() {}
}
