package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import java.util.HexFormat;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Creates CMKs. */
final class KeyCreation {

  private final Parts parts;

  KeyCreation(Parts parts) {
    this.parts = parts;
  }

  CmkDescription create(Call call, KeyRequest request) {
    Names.description(request.description());
    if (request.alias() != null) {
      Names.alias(request.alias());
    }
    call.alias(request.alias()).detail("spec", request.spec()).detail("origin", request.origin());
    String id = Uuids.random(parts.hsm()).toString();
    call.key(id);
    return switch (request.origin()) {
      case HSM -> generated(call, request, id);
      case EXTERNAL -> external(call, request, id);
    };
  }

  private CmkDescription external(Call call, KeyRequest request, String id) {
    if (!request.spec().importable()) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "material for %s cannot be imported; import AES_256, or have the HSM generate it"
              .formatted(request.spec()));
    }
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              CmkRow row = insert(handle, request, id, KeyState.PENDING_IMPORT);
              return Descriptions.of(handle, row, List.of());
            });
  }

  private CmkDescription generated(Call call, KeyRequest request, String id) {
    String label = Lookup.hsmLabel(id, 1);
    return parts
        .intents()
        .birth(
            label,
            keyId -> {
              KeyInfo info = parts.hsm().create(KeySpec.of(keyId, label, request.spec().type()));
              String kcv = HexFormat.of().formatHex(parts.hsm().checkValue(keyId));
              call.nodes(info.locations()).detail("kcv", kcv);
              return parts
                  .ledger()
                  .commit(
                      call,
                      handle -> {
                        parts.intents().finish(handle, keyId);
                        CmkRow row = insert(handle, request, id, KeyState.ENABLED);
                        VersionRows.put(handle, firstVersion(row, keyId, kcv));
                        return Descriptions.of(handle, row, info.locations());
                      });
            });
  }

  private static VersionRow firstVersion(CmkRow row, KeyId keyId, String kcv) {
    return new VersionRow(row.id(), 1, keyId.toString(), kcv, "", row.createdMs(), null);
  }

  private CmkRow insert(Handle handle, KeyRequest request, String id, KeyState state) {
    long now = parts.clock().millis();
    CmkRow row =
        new CmkRow(
            id,
            request.spec().name(),
            request.origin().name(),
            state.name(),
            request.description(),
            now,
            state == KeyState.ENABLED ? 1 : 0,
            null);
    CmkRows.insert(handle, row);
    String alias = request.alias();
    if (alias != null && !AliasRows.insert(handle, new AliasRow(alias, id, now))) {
      throw Aliases.exists(alias);
    }
    return row;
  }
}
