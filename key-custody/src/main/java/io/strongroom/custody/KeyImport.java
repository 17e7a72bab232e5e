package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.WrappingKeyRow;
import java.util.List;

/** Imports material into a CMK. */
final class KeyImport {

  /** An RSA-4096 block, and a 256-bit key under AES key wrap with padding, with room to spare. */
  private static final int MAX_WRAPPED_BYTES = 1024;

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
    Done done =
        admission.admit(cmk, wrappingKey, material, admitted -> accept(call, token, admitted));
    done.wrappingKeys().forEach(parts.intents()::settle);
    return done.description();
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
}
