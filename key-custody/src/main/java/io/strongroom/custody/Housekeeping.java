package io.strongroom.custody;

import io.strongroom.custody.store.AliasMoveRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.custody.store.WrappingKeyRow.Status;
import io.strongroom.custody.store.WrappingKeyRows;
import io.strongroom.hsm.HsmException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts away what time or a crash left: orphans, expired wrapping keys, expired material, keys whose
 * day has come, for destruction or for a new version. Runs when custody is opened, before imports
 * and when asked to; what the HSM cannot do now is left to the next time.
 */
final class Housekeeping {

  /** Under whose name it is recorded. */
  static final String PRINCIPAL = "strongroom";

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final Parts parts;
  private final Removal removal;
  private final VersionRotation versions;
  private final RotationHistory history;

  Housekeeping(Parts parts, Removal removal, VersionRotation versions, RotationHistory history) {
    this.parts = parts;
    this.removal = removal;
    this.versions = versions;
    this.history = history;
  }

  void run() {
    attempt("repair", parts.intents()::repair);
    attempt("wrapping-keys", this::retireWrappingKeys);
    expireDueMaterial();
    attempt("due-deletions", this::destroyDueKeys);
    attempt("due-rotations", this::rotateDueKeys);
    attempt("left-keys", this::retireLeftKeys);
  }

  /** Deletes all material whose time is over. */
  void expireDueMaterial() {
    attempt("expired-material", this::deleteExpiredMaterial);
  }

  /** Deletes a CMK's material because its time is over. */
  void expire(String cmkId) {
    removal.deleteExpiredMaterial(new Call(PRINCIPAL, "expireMaterial").key(cmkId), cmkId);
  }

  private void retireWrappingKeys() {
    long now = parts.clock().millis();
    parts
        .database()
        .read(handle -> WrappingKeyRows.expired(handle, now))
        .forEach(seen -> retire(seen, now));
  }

  /** Unless it was used or withdrawn meanwhile. */
  private void retire(WrappingKeyRow seen, long now) {
    parts
        .ledger()
        .commitIfAny(
            new Call(PRINCIPAL, "retireWrappingKey").key(seen.cmkId()),
            handle -> {
              List<WrappingKeyRow> still =
                  WrappingKeyRows.expired(handle, now).stream()
                      .filter(row -> row.tokenHash().equals(seen.tokenHash()))
                      .toList();
              return still.isEmpty()
                  ? Optional.<List<String>>empty()
                  : Optional.of(removal.retire(handle, still, Status.EXPIRED));
            })
        .ifPresent(doomed -> doomed.forEach(parts.intents()::settle));
  }

  private void deleteExpiredMaterial() {
    List<VersionRow> expired =
        parts.database().read(handle -> VersionRows.expired(handle, parts.clock().millis()));
    expired.stream().map(VersionRow::cmkId).distinct().forEach(this::expire);
  }

  private void destroyDueKeys() {
    List<CmkRow> due =
        parts.database().read(handle -> CmkRows.dueForDeletion(handle, parts.clock().millis()));
    for (CmkRow row : due) {
      removal.destroyIfDue(new Call(PRINCIPAL, "destroyKey").key(row.id()), row.id());
    }
  }

  private void rotateDueKeys() {
    List<CmkRow> due =
        parts.database().read(handle -> CmkRows.dueForRotation(handle, parts.clock().millis()));
    for (CmkRow row : due) {
      // One key that cannot rotate must not keep the others from it.
      attempt("due-rotation " + row.id(), () -> rotate(row));
    }
  }

  private void rotate(CmkRow row) {
    try {
      versions.rotateIfDue(new Call(PRINCIPAL, "rotateKeyOnSchedule").key(row.id()), row);
    } catch (CustodyException e) {
      if (e.reason() != CustodyException.Reason.UNDER_WAY) {
        throw e;
      }
      LOG.info("event=rotation_left_to_another key={}", row.id());
    }
  }

  /** Keys that aliases have left, and whose time after that is over. */
  private void retireLeftKeys() {
    List<String> due =
        parts.database().read(handle -> AliasMoveRows.due(handle, parts.clock().millis()));
    for (String cmkId : due) {
      history.retireIfDue(new Call(PRINCIPAL, "retirePreviousKey").key(cmkId), cmkId);
    }
  }

  private static void attempt(String task, Runnable work) {
    try {
      work.run();
    } catch (CustodyException | HsmException | JdbiException e) {
      LOG.warn("event=housekeeping_failed task={} reason=\"{}\"", task, e.getMessage());
    }
  }
}
