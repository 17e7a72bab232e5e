package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.VersionRows;
import org.jdbi.v3.core.Handle;

/** Moves an alias to a new key that the HSM generates, of the kind of the one that it leaves. */
final class GeneratedRotation {

  private final Parts parts;
  private final VersionBirth versions;
  private final KeyCreation creation;
  private final RotationSteps steps;

  GeneratedRotation(Parts parts, VersionBirth versions, KeyCreation creation, RotationSteps steps) {
    this.parts = parts;
    this.versions = versions;
    this.creation = creation;
    this.steps = steps;
  }

  AliasRotation rotate(Call call, String alias, RotationRequest request) {
    String id = Uuids.random(parts.hsm()).toString();
    RotationPlan plan = parts.database().read(handle -> plan(handle, call, alias, id, request));
    VersionBirth.Wanted wanted =
        new VersionBirth.Wanted(id, 1, Lookup.spec(plan.to()), Lookup.use(plan.to()));
    try {
      return versions.make(call, wanted, born -> accept(call, plan, born));
    } catch (DryRun e) {
      return e.result();
    }
  }

  private AliasRotation accept(Call call, RotationPlan plan, VersionBirth.Born born) {
    QuorumCheck.Shown shown = steps.verify(call, plan.to(), born.keyId(), born.version().kcv());
    if (plan.request().dryRun()) {
      throw new DryRun(steps.finish(call, plan, shown));
    }
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              parts.intents().finish(handle, born.keyId());
              CmkRow from = Lookup.byId(handle, call, plan.alias().cmkId());
              creation.insertSuccessor(handle, from, plan.to().id());
              VersionRows.put(handle, born.version());
              return steps.move(handle, call, plan, shown);
            });
  }

  private RotationPlan plan(
      Handle handle, Call call, String alias, String id, RotationRequest request) {
    AliasRow row = Lookup.alias(handle, call, alias);
    CmkRow from = Lookup.byId(handle, call, row.cmkId());
    call.detail("from", from.id());
    if (Lookup.origin(from) != KeyOrigin.HSM) {
      throw new CustodyException.Refused(
          Reason.KEY_ORIGIN,
          "%s points at key %s, whose material is its owner's; create another external key, get parameters for import for it, and rotate with those, or create a key in the HSM and rotate to that"
              .formatted(alias, from.id()));
    }
    call.key(id)
        .detail("spec", from.spec())
        .detail("use", from.use())
        .detail("origin", from.origin());
    return new RotationPlan(row, from.withId(id), request);
  }
}
