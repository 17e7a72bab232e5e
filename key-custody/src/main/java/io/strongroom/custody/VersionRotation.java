package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives CMKs with material from the HSM new versions, on demand and on schedule. The new version is
 * in a majority of the tokens and tried out before one transaction makes it the one that encrypts;
 * what the old ones encrypted names them and stays readable.
 */
final class VersionRotation {

  private final Parts parts;
  private final VersionBirth versions;
  private final KeyLife life;

  VersionRotation(Parts parts, VersionBirth versions, KeyLife life) {
    this.parts = parts;
    this.versions = versions;
    this.life = life;
  }

  /** Rotates a key now. */
  CmkDescription rotate(Call call, String reference) {
    CmkRow seen = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    return rotate(call, seen, _ -> true);
  }

  /** Rotates a key whose day has come, unless it has been done or called off meanwhile. */
  void rotateIfDue(Call call, CmkRow seen) {
    rotate(call, seen, this::isDue);
  }

  CmkDescription enable(Call call, String reference, Duration period) {
    call.detail("period", period);
    long days = period.toDays();
    if (!Duration.ofDays(days).equals(period)
        || period.compareTo(KeyService.MIN_ROTATION_PERIOD) < 0
        || period.compareTo(KeyService.MAX_ROTATION_PERIOD) > 0) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "a key rotates every %d to %d days, whole days, not every %s"
              .formatted(
                  KeyService.MIN_ROTATION_PERIOD.toDays(),
                  KeyService.MAX_ROTATION_PERIOD.toDays(),
                  period));
    }
    return schedule(call, reference, Math.toIntExact(days));
  }

  CmkDescription disable(Call call, String reference) {
    return schedule(call, reference, null);
  }

  private CmkDescription rotate(Call call, CmkRow seen, Predicate<CmkRow> wanted) {
    requireRotatable(seen);
    int next = seen.currentVersion() + 1;
    requireOldVersion(seen);
    return versions.make(
        call,
        new VersionBirth.Wanted(seen.id(), next, Lookup.spec(seen), Lookup.use(seen)),
        born ->
            parts
                .ledger()
                .commit(
                    call,
                    handle -> {
                      CmkRow row = Lookup.byId(handle, call, seen.id());
                      requireRotatable(row);
                      if (row.currentVersion() != seen.currentVersion() || !wanted.test(row)) {
                        throw rotatedMeanwhile(row);
                      }
                      parts.intents().finish(handle, born.keyId());
                      VersionRows.put(handle, born.version());
                      CmkRows.setCurrentVersion(handle, row.id(), next);
                      CmkRows.setRotation(handle, row.id(), restarted(row.rotation()));
                      call.detail("version", next);
                      return Descriptions.of(
                          handle, Lookup.byId(handle, call, row.id()), born.nodes());
                    }));
  }

  private CmkDescription schedule(Call call, String reference, @Nullable Integer days) {
    String id =
        parts
            .ledger()
            .commit(
                call,
                handle -> {
                  CmkRow row = Lookup.cmk(handle, call, reference);
                  requireKind(row);
                  CmkRows.setRotation(handle, row.id(), days == null ? null : from(days));
                  return row.id();
                });
    return life.describedIfAnswered(id);
  }

  private void requireRotatable(CmkRow row) {
    requireKind(row);
    Lookup.after(row, KeyState.Event.ROTATE, "a new version");
  }

  /** A key whose old version no token has would look whole again, and its ciphertext be lost. */
  private void requireOldVersion(CmkRow row) {
    boolean there =
        parts
            .database()
            .read(handle -> VersionRows.find(handle, row.id(), row.currentVersion()))
            .map(VersionRow::hsmKeyId)
            .filter(id -> !Places.of(parts.hsm(), id).isEmpty())
            .isPresent();
    if (!there) {
      throw Lookup.refused(
          row.id(),
          KeyState.UNAVAILABLE,
          Lookup.origin(row),
          KeyState.Event.ROTATE,
          "a new version before a token has the old one again");
    }
  }

  private static CustodyException rotatedMeanwhile(CmkRow row) {
    return new CustodyException.Refused(
        Reason.UNDER_WAY,
        "key %s got version %d from another call meanwhile; look at it with describe"
            .formatted(row.id(), row.currentVersion()));
  }

  private static void requireKind(CmkRow row) {
    if (Lookup.origin(row) != KeyOrigin.HSM) {
      throw new CustodyException.Refused(
          Reason.KEY_ORIGIN,
          "key %s has imported material and keeps it; create another external key, import new material into it and move the alias (alias rotate)"
              .formatted(row.id()));
    }
    if (!Lookup.spec(row).rotates()) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "key %s (%s) gets no new versions, as signatures and codes do not name the version that made them; move its alias to a new key instead (alias rotate --new)"
              .formatted(row.id(), row.spec()));
    }
  }

  private boolean isDue(CmkRow row) {
    CmkRow.Rotation rotation = row.rotation();
    return rotation != null && rotation.nextMs() <= parts.clock().millis();
  }

  /** A version on demand starts the period anew. */
  private CmkRow.@Nullable Rotation restarted(CmkRow.@Nullable Rotation rotation) {
    return rotation == null ? null : from(rotation.days());
  }

  private CmkRow.Rotation from(int days) {
    return CmkRow.Rotation.every(days, parts.clock().millis());
  }
}
