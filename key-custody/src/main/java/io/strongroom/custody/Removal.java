package io.strongroom.custody;

import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.DestroyedKeyRow;
import io.strongroom.custody.store.DestroyedKeyRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.custody.store.WrappingKeyRow.Status;
import io.strongroom.custody.store.WrappingKeyRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Lets go of material and keys: first in the store, with the keys doomed, then in the HSM. */
final class Removal {

  private final Parts parts;

  Removal(Parts parts) {
    this.parts = parts;
  }

  /** Deletes a CMK's material; the CMK stays. */
  void deleteMaterial(Call call, String cmkId) {
    parts
        .ledger()
        .commit(call, handle -> withoutMaterial(handle, call, cmkId))
        .forEach(parts.intents()::settle);
  }

  /** The same if the material has expired; it may have been exchanged for fresh one meanwhile. */
  void deleteExpiredMaterial(Call call, String cmkId) {
    long now = parts.clock().millis();
    parts
        .ledger()
        .commitIfAny(
            call,
            handle ->
                VersionRows.expired(handle, now).stream().anyMatch(v -> v.cmkId().equals(cmkId))
                    ? Optional.of(withoutMaterial(handle, call, cmkId))
                    : Optional.empty())
        .ifPresent(keys -> keys.forEach(parts.intents()::settle));
  }

  /**
   * Destroys a CMK with everything that belongs to it, if its day has come; its deletion may have
   * been called off meanwhile.
   */
  void destroyIfDue(Call call, String cmkId) {
    long now = parts.clock().millis();
    parts
        .ledger()
        .commitIfAny(
            call,
            handle ->
                CmkRows.dueForDeletion(handle, now).stream().anyMatch(row -> row.id().equals(cmkId))
                    ? Optional.of(withoutKey(handle, call, cmkId))
                    : Optional.empty())
        .ifPresent(keys -> keys.forEach(parts.intents()::settle));
  }

  /** Takes wrapping keys out of use; their ids, to be settled after the transaction. */
  List<String> retire(Handle handle, List<WrappingKeyRow> keys, Status status) {
    for (WrappingKeyRow key : keys) {
      WrappingKeyRows.setStatus(handle, key.tokenHash(), status);
      parts.intents().doom(handle, key.hsmKeyId(), key.label());
    }
    return keys.stream().map(WrappingKeyRow::hsmKeyId).toList();
  }

  private List<String> withoutMaterial(Handle handle, Call call, String cmkId) {
    CmkRow row = Lookup.byId(handle, call, cmkId);
    KeyState next = Lookup.after(row, KeyState.Event.LOSE_MATERIAL, "deletion of its material");
    List<String> keys = doomVersions(handle, cmkId);
    VersionRows.forgetMaterial(handle, cmkId);
    CmkRows.setState(handle, cmkId, next.name(), row.deleteAfterMs());
    return keys;
  }

  private List<String> withoutKey(Handle handle, Call call, String cmkId) {
    CmkRow row = Lookup.byId(handle, call, cmkId);
    List<String> keys = new ArrayList<>(doomVersions(handle, cmkId));
    call.detail("spec", row.spec()).detail("versions", row.currentVersion());
    keys.addAll(retire(handle, WrappingKeyRows.open(handle, cmkId), Status.EXPIRED));
    CmkRows.delete(handle, cmkId);
    DestroyedKeyRows.insert(handle, destroyed(row));
    return keys;
  }

  private DestroyedKeyRow destroyed(CmkRow row) {
    return new DestroyedKeyRow(
        row.sequence(),
        row.id(),
        row.spec(),
        row.origin(),
        row.createdMs(),
        row.currentVersion(),
        parts.clock().millis());
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
