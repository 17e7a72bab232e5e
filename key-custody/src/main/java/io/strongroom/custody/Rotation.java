package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.UsableKey;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.hsm.KeyId;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves an alias to another key. The key is tried out on every token that holds it while it is
 * still nobody's; one transaction then makes it the new CMK's, moves the alias and records both. So
 * there is no state in between that a crash could leave.
 */
final class Rotation {

  private final Parts parts;
  private final Housekeeping housekeeping;
  private final Admission admission;
  private final RotationSteps steps;
  private final Data data;

  Rotation(
      Parts parts, Housekeeping housekeeping, Admission admission, RotationSteps steps, Data data) {
    this.parts = parts;
    this.housekeeping = housekeeping;
    this.admission = admission;
    this.steps = steps;
    this.data = data;
  }

  AliasRotation rotate(Call call, String alias, RotationRequest request) {
    call.detail("dryRun", request.dryRun());
    if (request.previousUsableFor() != null) {
      RotationHistory.requireSensible(request.previousUsableFor());
    }
    return switch (request.target()) {
      case RotationRequest.Target.Imported to -> toImported(call, alias, to.material(), request);
      case RotationRequest.Target.Prepared to -> toPrepared(call, alias, to.key(), request);
      case RotationRequest.Target.Previous _ ->
          new RotationUndo(parts, steps).undo(call, alias, request);
    };
  }

  private AliasRotation toImported(
      Call call, String alias, MaterialImport material, RotationRequest request) {
    KeyImport.note(call, material);
    housekeeping.run();
    parts.database().read(handle -> Lookup.alias(handle, call, alias));
    ImportTokens.Genuine token = parts.tokens().open(material.token());
    WrappingKeyRow wrappingKey =
        parts.database().read(handle -> parts.tokens().redeem(handle, token));
    RotationPlan plan = plan(call, alias, wrappingKey.cmkId(), request);
    ImportPreparation.requireImportable(plan.to());
    try {
      return admission.admit(
          plan.to(), wrappingKey, material, admitted -> accept(call, plan, token, admitted));
    } catch (DryRun e) {
      return e.result;
    }
  }

  private AliasRotation accept(
      Call call, RotationPlan plan, ImportTokens.Genuine token, Admission.Admitted admitted) {
    QuorumCheck.Shown shown =
        steps.verify(call, plan.to(), admitted.id(), admitted.version().kcv());
    if (plan.request().dryRun()) {
      throw new DryRun(steps.finish(call, plan, shown));
    }
    List<String> wrappingKeys = new ArrayList<>();
    AliasRotation rotation =
        parts
            .ledger()
            .commit(
                call,
                handle -> {
                  wrappingKeys.addAll(admission.accept(handle, call, token, admitted));
                  return steps.move(handle, call, plan, shown);
                });
    wrappingKeys.forEach(parts.intents()::settle);
    return rotation;
  }

  private AliasRotation toPrepared(
      Call call, String alias, String reference, RotationRequest request) {
    UsableKey key = data.usable(call, reference, KeyUse.ENCRYPT_DECRYPT);
    RotationPlan plan = plan(call, alias, key.cmkId(), request);
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

  private RotationPlan plan(Call call, String alias, String toId, RotationRequest request) {
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
          Aliases.requireSameSpec(handle, call, row.cmkId(), to);
          call.key(toId).detail("from", row.cmkId());
          return new RotationPlan(row, to, request);
        });
  }

  /** Carries the result of a dry run out, and has the material destroyed like any that fails. */
  private static final class DryRun extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient AliasRotation result;

    DryRun(AliasRotation result) {
      this.result = result;
    }
  }
}
