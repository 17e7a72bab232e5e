package io.strongroom.cli.bulk;

/**
 * How far a bulk re-encryption is. Immutable.
 *
 * @param lines lines that are in the output
 * @param reencrypted those under the new key now
 * @param current those that were under it already
 * @param failed those that were rejected, and are in the output as they were
 */
public record Counts(long lines, long reencrypted, long current, long failed) {

  /** Nothing yet. */
  public static final Counts NONE = new Counts(0, 0, 0, 0);

  Counts plus(Treated treated) {
    return switch (treated.outcome()) {
      case REENCRYPTED -> new Counts(lines + 1, reencrypted + 1, current, failed);
      case CURRENT -> new Counts(lines + 1, reencrypted, current + 1, failed);
      case BLANK -> new Counts(lines + 1, reencrypted, current, failed);
      case FAILED -> new Counts(lines + 1, reencrypted, current, failed + 1);
    };
  }
}
