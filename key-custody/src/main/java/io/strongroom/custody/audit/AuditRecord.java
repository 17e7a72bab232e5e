package io.strongroom.custody.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call, as it was recorded before its answer left. Immutable; holds nothing secret.
 *
 * @param sequence 1 for the first record, without gaps
 * @param time when it was recorded, in milliseconds
 * @param principal who asked
 * @param operation what was asked for, {@code encrypt} for example
 * @param keyId the CMK, where the call got as far as naming one
 * @param alias the alias that the call named, if it named one
 * @param result {@code ok}, or the kind of refusal and its reason: {@code refused KEY_STATE}
 * @param nodes the tokens or nodes that hold the key, where the call asked for them; else the one
 *     that did the work, or that refused it
 * @param details further particulars of the request, by name
 * @param previousHash the hash of the record before this one, 64 hexadecimal digits; zeros for the
 *     first
 * @param hash SHA-256 over all the above, 64 hexadecimal digits
 */
public record AuditRecord(
    long sequence,
    Instant time,
    String principal,
    String operation,
    @Nullable String keyId,
    @Nullable String alias,
    String result,
    List<String> nodes,
    Map<String, String> details,
    String previousHash,
    String hash) {

  /** Copies the collections. */
  public AuditRecord {
    nodes = List.copyOf(nodes);
    details = Map.copyOf(details);
  }
}
