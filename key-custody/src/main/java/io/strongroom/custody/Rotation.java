package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.UsableKey;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.hsm.KeyId;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Moves an alias to a new key. The material is tried out while it is still nobody's; one
 * transaction then makes it the new CMK's, moves the alias and records both. So there is no state
 * in between that a crash could leave.
 */
final class Rotation {

  /** What is known before anything is changed. */
  private record Plan(AliasRow alias, CmkRow to) {
    AliasRotation result(String kcv, boolean dryRun) {
      return new AliasRotation(
          alias.name(), UUID.fromString(alias.cmkId()), UUID.fromString(to.id()), kcv, dryRun);
    }
  }

  private final Parts parts;
  private final Housekeeping housekeeping;
  private final Admission admission;
  private final Aliases aliases;
  private final Data data;

  Rotation(
      Parts parts, Housekeeping housekeeping, Admission admission, Aliases aliases, Data data) {
    this.parts = parts;
    this.housekeeping = housekeeping;
    this.admission = admission;
    this.aliases = aliases;
    this.data = data;
  }

  AliasRotation toImported(Call call, String alias, MaterialImport material, boolean dryRun) {
    KeyImport.note(call, material);
    call.detail("dryRun", dryRun);
    housekeeping.run();
    parts.database().read(handle -> Lookup.alias(handle, call, alias));
    ImportTokens.Genuine token = parts.tokens().open(material.token());
    WrappingKeyRow wrappingKey =
        parts.database().read(handle -> parts.tokens().redeem(handle, token));
    Plan plan = plan(call, alias, wrappingKey.cmkId());
    ImportPreparation.requireImportable(plan.to());
    try {
      return admission.admit(
          plan.to(),
          wrappingKey,
          material,
          admitted -> {
            if (dryRun) {
              throw new DryRun(plan.result(admitted.version().kcv(), true));
            }
            return accept(call, plan, token, admitted);
          });
    } catch (DryRun e) {
      return e.result;
    }
  }

  AliasRotation toPrepared(Call call, String alias, String reference, boolean dryRun) {
    call.detail("dryRun", dryRun);
    UsableKey key = data.usable(call, reference, KeyUse.ENCRYPT_DECRYPT);
    Plan plan = plan(call, alias, key.cmkId());
    MaterialCheck.roundTrip(parts.hsm(), KeyId.parse(Data.hsmKeyId(key)));
    String kcv =
        parts
            .database()
            .read(handle ->
                VersionRows.find(handle, key.cmkId(), key.version())
                    .map(VersionRow::kcv)
                    .orElseThrow(() -> Lookup.noSuchKey(handle, key.cmkId())));
    call.detail("kcv", kcv);
    if (!dryRun) {
      parts.ledger().commit(call, handle -> moved(handle, call, plan));
    }
    return plan.result(kcv, dryRun);
  }

  private Plan plan(Call call, String alias, String toId) {
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
          return new Plan(row, to);
        });
  }

  private AliasRotation accept(
      Call call, Plan plan, ImportTokens.Genuine token, Admission.Admitted admitted) {
    call.nodes(admitted.nodes()).detail("kcv", admitted.version().kcv());
    List<String> done =
        parts
            .ledger()
            .commit(
                call,
                handle -> {
                  List<String> wrappingKeys = admission.accept(handle, call, token, admitted);
                  moved(handle, call, plan);
                  return wrappingKeys;
                });
    done.forEach(parts.intents()::settle);
    return plan.result(admitted.version().kcv(), false);
  }

  private AliasDescription moved(Handle handle, Call call, Plan plan) {
    CmkRow to = Lookup.byId(handle, call, plan.to().id());
    if (Lookup.state(to) != KeyState.ENABLED) {
      throw new CustodyException.Refused(
          Reason.KEY_STATE,
          "key %s is %s, and an alias moves to an Enabled key only"
              .formatted(to.id(), Lookup.state(to)));
    }
    return aliases.move(handle, plan.alias().name(), plan.alias().cmkId(), to.id());
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
