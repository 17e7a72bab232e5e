package io.strongroom.custody;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An alias that moved to a new key, or would have. Immutable.
 *
 * @param alias the alias
 * @param from the CMK that it pointed at; what was encrypted under it stays readable
 * @param to the CMK that it points at now; of a dry run to a generated key, one that was undone
 * @param kcv the new key's check value, 6 hexadecimal digits
 * @param verified the token, or the cluster's nodes, each of which has shown that it has that key
 * @param previousUsableUntil until when the CMK that it pointed at stays usable; null for ever
 * @param dryRun true if everything was checked and nothing changed
 */
public record AliasRotation(
    String alias,
    UUID from,
    UUID to,
    String kcv,
    List<String> verified,
    @Nullable Instant previousUsableUntil,
    boolean dryRun) {

  /** Copies the list. */
  public AliasRotation {
    verified = List.copyOf(verified);
  }
}
