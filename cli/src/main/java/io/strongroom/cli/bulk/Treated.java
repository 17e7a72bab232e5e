package io.strongroom.cli.bulk;

/**
 * What became of a line.
 *
 * @param line the line for the output, with its end
 * @param outcome what was done
 * @param reason why it was rejected; empty if it was not
 * @param endsAt how many bytes of the input end with it
 */
record Treated(byte[] line, Outcome outcome, String reason, long endsAt) {

  /** What can become of a line. */
  enum Outcome {
    REENCRYPTED,
    CURRENT,
    BLANK,
    FAILED
  }
}
