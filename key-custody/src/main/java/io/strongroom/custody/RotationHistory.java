package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasMoveRow;
import io.strongroom.custody.store.AliasMoveRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Where aliases pointed before, and what becomes of the keys that they left. */
final class RotationHistory {

  private final Parts parts;

  RotationHistory(Parts parts) {
    this.parts = parts;
  }

  /** The moves of an alias, the newest first; of one that was deleted too. */
  List<AliasMove> of(Call call, String alias) {
    call.alias(Names.alias(alias));
    List<AliasMoveRow> rows = parts.database().read(handle -> AliasMoveRows.of(handle, alias));
    if (rows.isEmpty()) {
      parts.database().read(handle -> Lookup.alias(handle, call, alias));
    }
    return rows.stream().map(RotationHistory::move).toList();
  }

  /** Sets how long the keys that an alias leaves by rotation stay usable; null for ever. */
  AliasDescription setPolicy(Call call, String alias, @Nullable Duration usableFor) {
    call.detail("previousUsableFor", usableFor == null ? "ever" : requireSensible(usableFor));
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              AliasDescription description =
                  Aliases.description(handle, Lookup.alias(handle, call, alias));
              call.key(description.keyId().toString());
              AliasMoveRows.setPolicy(
                  handle, alias, usableFor == null ? null : usableFor.toMillis());
              return description.withPreviousUsableFor(usableFor);
            });
  }

  /** Until when the key that an alias leaves now stays usable; null for ever. */
  @Nullable Long usableUntilMs(Handle handle, String alias, @Nullable Duration asked) {
    Optional<Long> usableMs =
        asked == null
            ? AliasMoveRows.policy(handle, alias)
            : Optional.of(requireSensible(asked).toMillis());
    return usableMs.map(time -> parts.clock().millis() + time).orElse(null);
  }

  /** Refuses a time for which no key can be kept usable. */
  static Duration requireSensible(Duration usableFor) {
    if (!usableFor.isPositive() || usableFor.compareTo(KeyService.MAX_PREVIOUS_USABLE) > 0) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "the key that an alias leaves stays usable for more than nothing and at most %d days, not for %s; leave the time out to keep it for ever"
              .formatted(KeyService.MAX_PREVIOUS_USABLE.toDays(), usableFor));
    }
    return usableFor;
  }

  /**
   * Disables a key that aliases have left and whose time after that is over, unless that has
   * changed meanwhile.
   */
  void retireIfDue(Call call, String cmkId) {
    long now = parts.clock().millis();
    parts
        .ledger()
        .commitIfAny(
            call,
            handle ->
                AliasMoveRows.due(handle, now).contains(cmkId)
                    ? Optional.of(retired(handle, call, cmkId, now))
                    : Optional.empty());
  }

  private static CmkRow retired(Handle handle, Call call, String cmkId, long nowMs) {
    CmkRow row = Lookup.byId(handle, call, cmkId);
    KeyState next = Lookup.after(row, KeyState.Event.DISABLE, "retirement");
    CmkRows.setState(handle, cmkId, next.name(), row.deleteAfterMs());
    AliasMoveRows.retire(handle, cmkId, nowMs);
    AliasMoveRows.retirement(handle, cmkId).ifPresent(move -> call.alias(move.alias()));
    return row;
  }

  private static AliasMove move(AliasMoveRow row) {
    return new AliasMove(
        row.alias(),
        UUID.fromString(row.fromId()),
        UUID.fromString(row.toId()),
        AliasMove.Kind.valueOf(row.kind()),
        Instant.ofEpochMilli(row.timeMs()),
        row.principal(),
        instant(row.usableUntilMs()),
        instant(row.retiredMs()));
  }

  static @Nullable Instant instant(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }
}
