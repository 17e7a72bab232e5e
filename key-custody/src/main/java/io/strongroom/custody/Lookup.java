package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Finds the rows that users name. */
final class Lookup {

  private Lookup() {}

  /** The CMK that a UUID or an alias names; notes both in the call. */
  static CmkRow cmk(Handle handle, Call call, String reference) {
    if (Names.isAlias(reference)) {
      AliasRow alias = alias(handle, call, reference);
      return byId(handle, call, alias.cmkId());
    }
    return byId(handle, call, Names.keyId(reference).toString());
  }

  /** The CMK with this id. */
  static CmkRow byId(Handle handle, Call call, String id) {
    call.key(id);
    return CmkRows.find(handle, id).orElseThrow(() -> noSuchKey(id));
  }

  /** The alias of this name. */
  static AliasRow alias(Handle handle, Call call, String name) {
    call.alias(Names.alias(name));
    return AliasRows.find(handle, name).orElseThrow(() -> noSuchAlias(name));
  }

  static KeyState state(CmkRow row) {
    return KeyState.valueOf(row.state());
  }

  static CmkSpec spec(CmkRow row) {
    return CmkSpec.valueOf(row.spec());
  }

  /** The state after an event. */
  static KeyState after(CmkRow row, KeyState.Event event, String what) {
    return state(row)
        .after(event)
        .orElseThrow(() ->
            new CustodyException.Refused(
                Reason.KEY_STATE,
                "key %s is %s, which does not allow %s; look at it with describe"
                    .formatted(row.id(), state(row), what)));
  }

  static CustodyException noSuchKey(String id) {
    return new CustodyException.NotFound(
        Reason.NO_SUCH_KEY, "there is no key %s in this store; list the keys".formatted(id));
  }

  static CustodyException noSuchAlias(String name) {
    return new CustodyException.NotFound(
        Reason.NO_SUCH_ALIAS,
        "there is no %s in this store; list the aliases, or create it".formatted(name));
  }

  static String hsmLabel(String cmkId, int version) {
    return Ciphertext.hsmKeyLabel(UUID.fromString(cmkId), version);
  }
}
