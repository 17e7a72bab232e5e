package io.strongroom.custody;

import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.UsableKey;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.hsm.KeyId;

/**
 * Moves an alias to another key. The key is tried out on every token that holds it while it is
 * still nobody's; one transaction then makes it the new CMK's, moves the alias and records both. So
 * there is no state in between that a crash could leave.
 */
final class Rotation {

  private final Parts parts;
  private final ImportedRotation imported;
  private final GeneratedRotation generated;
  private final RotationSteps steps;
  private final Data data;

  Rotation(
      Parts parts,
      ImportedRotation imported,
      GeneratedRotation generated,
      RotationSteps steps,
      Data data) {
    this.parts = parts;
    this.imported = imported;
    this.generated = generated;
    this.steps = steps;
    this.data = data;
  }

  AliasRotation rotate(Call call, String alias, RotationRequest request) {
    call.detail("dryRun", request.dryRun());
    if (request.previousUsableFor() != null) {
      RotationHistory.requireSensible(request.previousUsableFor());
    }
    return switch (request.target()) {
      case RotationRequest.Target.Imported to ->
          imported.rotate(call, alias, to.material(), request);
      case RotationRequest.Target.Generated _ -> generated.rotate(call, alias, request);
      case RotationRequest.Target.Prepared to -> toPrepared(call, alias, to.key(), request);
      case RotationRequest.Target.Previous _ ->
          new RotationUndo(parts, steps).undo(call, alias, request);
    };
  }

  private AliasRotation toPrepared(
      Call call, String alias, String reference, RotationRequest request) {
    CmkRow from =
        parts
            .database()
            .read(handle -> Lookup.byId(handle, call, Lookup.alias(handle, call, alias).cmkId()));
    UsableKey key = data.usable(call, reference, Lookup.use(from));
    RotationPlan plan = steps.plan(call, alias, key.cmkId(), request);
    String kcv =
        parts
            .database()
            .read(handle ->
                VersionRows.find(handle, key.cmkId(), key.version())
                    .map(VersionRow::kcv)
                    .orElseThrow(() -> Lookup.noSuchKey(handle, key.cmkId())));
    QuorumCheck.Shown shown = steps.verify(call, plan.to(), KeyId.parse(Data.hsmKeyId(key)), kcv);
    return steps.finish(call, plan, shown);
  }
}
