package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.WrappingKeyRow;
import java.util.List;

/** Imports material into a CMK. */
final class KeyImport {

  /** An RSA-4096 block, and an RSA-4096 private key under AES key wrap with padding, with room. */
  private static final int MAX_WRAPPED_BYTES = 4096;

  /** What is known before the HSM is asked to open anything. */
  private record Ready(CmkRow cmk, ImportTokens.Genuine token, WrappingKeyRow wrappingKey) {}

  private record Done(CmkDescription description, List<String> wrappingKeys) {}

  private final Parts parts;
  private final Housekeeping housekeeping;
  private final Admission admission;

  KeyImport(Parts parts, Housekeeping housekeeping, Admission admission) {
    this.parts = parts;
    this.housekeeping = housekeeping;
    this.admission = admission;
  }

  CmkDescription importMaterial(Call call, String reference, MaterialImport material) {
    Ready ready = ready(call, reference, material);
    Done done =
        admission.admit(
            ready.cmk(),
            ready.wrappingKey(),
            material,
            admitted -> accept(call, ready.token(), admitted));
    parts.intents().settleSoon(done.wrappingKeys());
    return done.description();
  }

  /** Checks everything that an import checks, and keeps nothing; the token stays good. */
  ImportTrial tryMaterial(Call call, String reference, MaterialImport material) {
    call.detail("dryRun", true);
    Ready ready = ready(call, reference, material);
    try {
      return admission.admit(
          ready.cmk(),
          ready.wrappingKey(),
          material,
          admitted -> {
            throw new Tried(admitted.version().kcv());
          });
    } catch (Tried e) {
      call.detail("kcv", e.kcv);
      ImportToken token = ready.token().token();
      return new ImportTrial(token.cmkId(), e.kcv, token.algorithm(), token.validTo());
    }
  }

  private Ready ready(Call call, String reference, MaterialImport material) {
    note(call, material);
    housekeeping.run();
    CmkRow cmk = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    ImportPreparation.requireImportable(cmk);
    ImportTokens.Genuine token = parts.tokens().open(material.token());
    WrappingKeyRow wrappingKey =
        parts.database().read(handle -> parts.tokens().redeem(handle, token));
    if (!wrappingKey.cmkId().equals(cmk.id())) {
      throw ImportTokens.ofOtherKey(wrappingKey, cmk.id());
    }
    return new Ready(cmk, token, wrappingKey);
  }

  Call noteCeremony(Call call, String reference, CeremonyNote ceremony) {
    parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    return call.detail("ceremony", ceremony.id())
        .detail("outcome", ceremony.outcome())
        .detail("custodians", ceremony.custodians())
        .detail("kcv", ceremony.kcv())
        .detail("recordSha256", ceremony.recordSha256());
  }

  /** Checks the request's particulars, and only then notes them: none of them is secret then. */
  static void note(Call call, MaterialImport material) {
    if (material.expectedKcv() != null) {
      Names.checkValue(material.expectedKcv());
    }
    int bytes = material.wrapped().length;
    if (bytes > MAX_WRAPPED_BYTES) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "wrapped material has at most %d bytes, not %d; hand in what wrapping gave, nothing encoded"
              .formatted(MAX_WRAPPED_BYTES, bytes));
    }
    call.detail("expectedKcv", material.expectedKcv())
        .detail("expires", material.expires())
        .detail("wrappedBytes", bytes);
  }

  private Done accept(Call call, ImportTokens.Genuine token, Admission.Admitted admitted) {
    call.nodes(admitted.nodes()).detail("kcv", admitted.version().kcv());
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              List<String> done = admission.accept(handle, call, token, admitted);
              CmkRow row = Lookup.byId(handle, call, admitted.version().cmkId());
              return new Done(Descriptions.of(handle, row, admitted.nodes()), done);
            });
  }

  /** Carries a trial's result out, and has the material destroyed like any that is refused. */
  private static final class Tried extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String kcv;

    Tried(String kcv) {
      this.kcv = kcv;
    }
  }
}
