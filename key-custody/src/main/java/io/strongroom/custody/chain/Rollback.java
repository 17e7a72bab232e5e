package io.strongroom.custody.chain;

/**
 * A store that does not have a record that the HSM has vouched for.
 *
 * @param end the store's last record
 * @param vouched the record that the HSM has vouched for
 */
public record Rollback(long end, long vouched) {

  /** The same in words. */
  public String explanation() {
    return end < vouched
        ? "the store ends at record %d, the HSM has vouched for %d: it was restored from an older backup"
            .formatted(end, vouched)
        : "record %d is not the one that the HSM has vouched for: the store was restored from an older backup and written on, or its trail was written anew"
            .formatted(vouched);
  }
}
