package io.strongroom.provider.wycheproof;

/** What became of one vector. A wrong output or a wrong exception is none: it fails the test. */
sealed interface Verdict {
  Verdict ACCEPTED = new Accepted();
  Verdict REFUSED = new Refused();

  /** It went through, with the output that the vector wants. */
  record Accepted() implements Verdict {}

  /** It was refused, with the exception that the contract names. */
  record Refused() implements Verdict {}

  /**
   * It cannot be put to this device, which said so.
   *
   * @param reason why
   */
  record NotApplicable(String reason) implements Verdict {}

  static Verdict of(boolean accepted) {
    return accepted ? ACCEPTED : REFUSED;
  }
}
