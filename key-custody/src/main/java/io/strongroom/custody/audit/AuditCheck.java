package io.strongroom.custody.audit;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a verification goes by. Immutable; the {@code with…} methods return changed copies.
 *
 * @param keys the public keys that the checkpoints must be signed with; none for those that the
 *     HSM, or else the store itself, names
 * @param head a head of the trail that was noted elsewhere; null for none
 * @param progress is told now and then how many records have been checked
 */
public record AuditCheck(List<AuditKey> keys, @Nullable Head head, LongConsumer progress) {

  /** Nothing but what the trail and the HSM themselves have. */
  public static final AuditCheck PLAIN = new AuditCheck(List.of(), null, _ -> {});

  /**
   * A head of the trail, as {@link AuditVerdict.Intact} told it once.
   *
   * @param count how many records there were
   * @param hash the last one's hash
   */
  public record Head(long count, String hash) {}

  /** Copies the list. */
  public AuditCheck {
    keys = List.copyOf(keys);
  }

  /** The same, with this key among those that checkpoints may be signed with. */
  public AuditCheck withKey(AuditKey key) {
    return new AuditCheck(Stream.concat(keys.stream(), Stream.of(key)).toList(), head, progress);
  }

  /** The same, with a head that was noted elsewhere. */
  public AuditCheck withHead(long count, String hash) {
    return new AuditCheck(keys, new Head(count, hash), progress);
  }

  /** The same, telling of its progress. */
  public AuditCheck withProgress(LongConsumer listener) {
    return new AuditCheck(keys, head, listener);
  }
}
