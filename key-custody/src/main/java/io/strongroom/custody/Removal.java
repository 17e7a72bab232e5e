package io.strongroom.custody;

import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.custody.store.WrappingKeyRow.Status;
import io.strongroom.custody.store.WrappingKeyRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Handle;

/** Lets go of material and keys: first in the store, with the keys doomed, then in the HSM. */
final class Removal {

  private final Parts parts;

  Removal(Parts parts) {
    this.parts = parts;
  }

  /** Deletes a CMK's material; the CMK stays. */
  void deleteMaterial(Call call, String cmkId) {
    List<String> doomed =
        parts
            .ledger()
            .commit(
                call,
                handle -> {
                  CmkRow row = Lookup.byId(handle, call, cmkId);
                  KeyState next =
                      Lookup.after(row, KeyState.Event.LOSE_MATERIAL, "deletion of its material");
                  List<String> keys = doomVersions(handle, cmkId);
                  VersionRows.forgetMaterial(handle, cmkId);
                  CmkRows.setState(handle, cmkId, next.name(), row.deleteAfterMs());
                  return keys;
                });
    doomed.forEach(parts.intents()::settle);
  }

  /** Destroys a CMK with everything that belongs to it. */
  void destroy(Call call, String cmkId) {
    List<String> doomed =
        parts
            .ledger()
            .commit(
                call,
                handle -> {
                  Lookup.byId(handle, call, cmkId);
                  List<String> keys = new ArrayList<>(doomVersions(handle, cmkId));
                  keys.addAll(retire(handle, WrappingKeyRows.open(handle, cmkId), Status.EXPIRED));
                  CmkRows.delete(handle, cmkId);
                  return keys;
                });
    doomed.forEach(parts.intents()::settle);
  }

  /** Takes wrapping keys out of use; their ids, to be settled after the transaction. */
  List<String> retire(Handle handle, List<WrappingKeyRow> keys, Status status) {
    for (WrappingKeyRow key : keys) {
      WrappingKeyRows.setStatus(handle, key.tokenHash(), status);
      parts.intents().doom(handle, key.hsmKeyId(), key.label());
    }
    return keys.stream().map(WrappingKeyRow::hsmKeyId).toList();
  }

  private List<String> doomVersions(Handle handle, String cmkId) {
    List<VersionRow> versions = VersionRows.of(handle, cmkId);
    for (VersionRow version : versions) {
      if (version.hsmKeyId() != null) {
        parts.intents().doom(handle, version.hsmKeyId(), Lookup.hsmLabel(cmkId, version.version()));
      }
    }
    return versions.stream().map(VersionRow::hsmKeyId).filter(Objects::nonNull).toList();
  }
}
