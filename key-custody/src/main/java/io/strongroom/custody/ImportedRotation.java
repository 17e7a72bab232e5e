package io.strongroom.custody;

import io.strongroom.custody.store.WrappingKeyRow;
import java.util.ArrayList;
import java.util.List;

/** Moves an alias to the key that an import token names, which gets new material with that. */
final class ImportedRotation {

  private final Parts parts;
  private final Housekeeping housekeeping;
  private final Admission admission;
  private final RotationSteps steps;

  ImportedRotation(
      Parts parts, Housekeeping housekeeping, Admission admission, RotationSteps steps) {
    this.parts = parts;
    this.housekeeping = housekeeping;
    this.admission = admission;
    this.steps = steps;
  }

  AliasRotation rotate(Call call, String alias, MaterialImport material, RotationRequest request) {
    KeyImport.note(call, material);
    housekeeping.run();
    parts.database().read(handle -> Lookup.alias(handle, call, alias));
    ImportTokens.Genuine token = parts.tokens().open(material.token());
    WrappingKeyRow wrappingKey =
        parts.database().read(handle -> parts.tokens().redeem(handle, token));
    RotationPlan plan = steps.plan(call, alias, wrappingKey.cmkId(), request);
    ImportPreparation.requireImportable(plan.to());
    try {
      return admission.admit(
          plan.to(), wrappingKey, material, admitted -> accept(call, plan, token, admitted));
    } catch (DryRun e) {
      return e.result();
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
}
