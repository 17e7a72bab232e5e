package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.hsm.KeyId;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The steps that every rotation takes, whatever it is to. */
final class RotationSteps {

  private final Parts parts;
  private final Aliases aliases;
  private final RotationHistory history;

  RotationSteps(Parts parts, Aliases aliases, RotationHistory history) {
    this.parts = parts;
    this.aliases = aliases;
    this.history = history;
  }

  /** What is known before anything is changed, where the key that it is to is there already. */
  RotationPlan plan(Call call, String alias, String toId, RotationRequest request) {
    return parts
        .database()
        .read(handle -> {
          AliasRow row = Lookup.alias(handle, call, alias);
          CmkRow to = Lookup.byId(handle, call, toId);
          if (row.cmkId().equals(toId)) {
            throw new CustodyException.Refused(
                Reason.ALIAS_MOVED,
                "%s points at key %s already, and a key keeps its material; create another external key, get parameters for import for it, and rotate with those"
                    .formatted(alias, toId));
          }
          Aliases.requireSameKind(handle, call, row.cmkId(), to);
          call.key(toId).detail("from", row.cmkId());
          return new RotationPlan(row, to, request);
        });
  }

  /** Has a quorum of tokens show the key. */
  QuorumCheck.Shown verify(Call call, CmkRow to, KeyId key, String kcv) {
    call.detail("kcv", kcv);
    QuorumCheck.Shown shown =
        QuorumCheck.verify(
            parts.hsm(),
            new QuorumCheck.Proof(
                key,
                kcv,
                place -> {
                  KeyTrial.run(place, key, Lookup.spec(to), Lookup.use(to));
                  return MaterialCheck.fingerprint(place, place.key(key));
                }));
    call.nodes(shown.tokens());
    return shown;
  }

  /** Moves the alias, or, of a dry run, says what would come of it. */
  AliasRotation finish(Call call, RotationPlan plan, QuorumCheck.Shown shown) {
    return plan.request().dryRun()
        ? parts.database().read(handle -> plan.result(shown, usableUntilMs(handle, plan)))
        : parts.ledger().commit(call, handle -> move(handle, call, plan, shown));
  }

  /** Moves the alias, in a transaction. */
  AliasRotation move(Handle handle, Call call, RotationPlan plan, QuorumCheck.Shown shown) {
    CmkRow to = Lookup.byId(handle, call, plan.to().id());
    if (Lookup.state(to) != KeyState.ENABLED) {
      throw new CustodyException.Refused(
          Reason.KEY_STATE,
          "key %s is %s, and an alias moves to an Enabled key only"
              .formatted(to.id(), Lookup.state(to)));
    }
    String from = plan.alias().cmkId();
    Long usableUntilMs = usableUntilMs(handle, plan);
    call.detail("from", from).detail("previousUsableUntil", RotationHistory.instant(usableUntilMs));
    aliases.move(
        handle,
        call,
        new Aliases.Move(plan.alias().name(), from, to.id(), plan.kind(), usableUntilMs));
    return plan.result(shown, usableUntilMs);
  }

  /** A key that an undo leaves is kept: it may be wanted back. */
  private @Nullable Long usableUntilMs(Handle handle, RotationPlan plan) {
    return plan.kind() == AliasMove.Kind.UNDO
        ? null
        : history.usableUntilMs(handle, plan.alias().name(), plan.request().previousUsableFor());
  }
}
