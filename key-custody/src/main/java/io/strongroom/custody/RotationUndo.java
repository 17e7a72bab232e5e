package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasMoveRow;
import io.strongroom.custody.store.AliasMoveRows;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.hsm.KeyId;
import org.jdbi.v3.core.Handle;

/**
 * Takes an alias back to the key that it pointed at before its last move. Only one step, and only
 * once: a second undo would move it forward again, which nobody who repeats the first one wants.
 */
final class RotationUndo {

  /**
   * Where to go back to.
   *
   * @param last the move that is undone
   * @param current the version that the previous key had and has
   */
  private record Way(RotationPlan plan, AliasMoveRow last, VersionRow current) {

    /** Disabled for no other reason than that its time was over. */
    boolean wasRetired() {
      return Lookup.state(plan.to()) == KeyState.DISABLED && last.retiredMs() != null;
    }
  }

  private final Parts parts;
  private final RotationSteps steps;

  RotationUndo(Parts parts, RotationSteps steps) {
    this.parts = parts;
    this.steps = steps;
  }

  AliasRotation undo(Call call, String alias, RotationRequest request) {
    Way way = parts.database().read(handle -> way(handle, call, alias, request));
    String hsmKeyId = way.current().hsmKeyId();
    if (hsmKeyId == null) {
      throw unusable(way.plan().to(), KeyState.PENDING_IMPORT);
    }
    QuorumCheck.Shown shown =
        steps.verify(call, way.plan().to(), KeyId.parse(hsmKeyId), way.current().kcv());
    if (request.dryRun()) {
      return steps.finish(call, way.plan(), shown);
    }
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              Way now = way(handle, call, alias, request);
              if (now.last().sequence() != way.last().sequence()) {
                throw moved(alias);
              }
              if (now.wasRetired()) {
                enable(handle, call, now.plan().to());
              }
              return steps.move(handle, call, way.plan(), shown);
            });
  }

  private Way way(Handle handle, Call call, String alias, RotationRequest request) {
    AliasRow row = Lookup.alias(handle, call, alias);
    AliasMoveRow last =
        AliasMoveRows.last(handle, alias)
            .filter(move -> move.toId().equals(row.cmkId()))
            .orElseThrow(
                () -> nothing(alias + " has never moved to where it points; look at its history"));
    if (AliasMove.Kind.valueOf(last.kind()) == AliasMove.Kind.UNDO) {
      throw nothing(
          "the last move of %s was undone already; to move it forward again rotate it to %s"
              .formatted(alias, last.fromId()));
    }
    CmkRow to =
        CmkRows.find(handle, last.fromId())
            .orElseThrow(() ->
                new CustodyException.NotFound(
                    Reason.NO_SUCH_KEY,
                    "key %s, which %s pointed at before, was deleted; rotate to another key"
                        .formatted(last.fromId(), alias)));
    call.key(to.id());
    VersionRow current =
        VersionRows.find(handle, to.id(), to.currentVersion())
            .orElseThrow(() -> unusable(to, KeyState.PENDING_IMPORT));
    Way way = new Way(new RotationPlan(row, to, request), last, current);
    if (Lookup.state(to) != KeyState.ENABLED && !way.wasRetired()) {
      throw unusable(to, Lookup.state(to));
    }
    return way;
  }

  private static void enable(Handle handle, Call call, CmkRow row) {
    KeyState next = Lookup.after(row, KeyState.Event.ENABLE, "enabling");
    CmkRows.setState(handle, row.id(), next.name(), row.deleteAfterMs());
    call.detail("enabled", true);
  }

  private static CustodyException unusable(CmkRow to, KeyState state) {
    return Lookup.refused(
        to.id(),
        state,
        KeyOrigin.valueOf(to.origin()),
        KeyState.Event.USE,
        "the alias to go back to it");
  }

  private static CustodyException moved(String alias) {
    return new CustodyException.Refused(
        Reason.ALIAS_MOVED, alias + " was moved meanwhile; look where it points and try again");
  }

  private static CustodyException nothing(String why) {
    return new CustodyException.Refused(Reason.NOTHING_TO_UNDO, why);
  }
}
