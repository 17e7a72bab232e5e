package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.DestroyedKeyRow;
import io.strongroom.custody.store.DestroyedKeyRows;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
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
    return CmkRows.find(handle, id).orElseThrow(() -> noSuchKey(handle, id));
  }

  /** The alias of this name. */
  static AliasRow alias(Handle handle, Call call, String name) {
    call.alias(Names.alias(name));
    return AliasRows.find(handle, name).orElseThrow(() -> noSuchAlias(name));
  }

  static KeyOrigin origin(CmkRow row) {
    return KeyOrigin.valueOf(row.origin());
  }

  static KeyState state(CmkRow row) {
    return KeyState.valueOf(row.state());
  }

  static CmkSpec spec(CmkRow row) {
    return CmkSpec.valueOf(row.spec());
  }

  static KeyUse use(CmkRow row) {
    return KeyUse.valueOf(row.use());
  }

  /** The state after an event. */
  static KeyState after(CmkRow row, KeyState.Event event, String what) {
    return state(row)
        .after(event)
        .orElseThrow(() -> refused(row.id(), state(row), origin(row), event, what));
  }

  /** Says which state forbids an event, what that state allows, and which way there is. */
  static CustodyException refused(
      String id, KeyState state, KeyOrigin origin, KeyState.Event event, String what) {
    List<KeyState.Transition> allowed =
        state.transitions().stream()
            .filter(transition -> transition.event().concerns(origin))
            .toList();
    List<KeyState.Event> way = state.wayTo(event, origin);
    return new CustodyException.Refused(
        Reason.KEY_STATE,
        "key %s is %s, which does not allow %s; it allows %s%s"
            .formatted(
                id,
                state,
                what,
                words(allowed, ", "),
                way.isEmpty() ? "" : "; first " + words(way, ", then ")));
  }

  /** What to say of a key that is not in the store; it may have been there. */
  static CustodyException noSuchKey(Handle handle, String id) {
    return DestroyedKeyRows.find(handle, id)
        .map(Lookup::destroyed)
        .orElseGet(() ->
            new CustodyException.NotFound(
                Reason.NO_SUCH_KEY,
                "there is no key %s in this store; list the keys".formatted(id)));
  }

  private static CustodyException destroyed(DestroyedKeyRow key) {
    return new CustodyException.NotFound(
        Reason.KEY_DESTROYED,
        "key %s (%s) was destroyed on %s, as scheduled, in all %d of its versions; what it encrypted cannot be read any more"
            .formatted(
                key.id(), key.spec(), Instant.ofEpochMilli(key.destroyedMs()), key.versions()));
  }

  static CustodyException noSuchAlias(String name) {
    return new CustodyException.NotFound(
        Reason.NO_SUCH_ALIAS,
        "there is no %s in this store; list the aliases, or create it".formatted(name));
  }

  /** Things in a row. */
  static String words(Collection<?> things, String between) {
    return things.stream().map(Object::toString).collect(Collectors.joining(between));
  }

  static String hsmLabel(String cmkId, int version) {
    return Ciphertext.hsmKeyLabel(UUID.fromString(cmkId), version);
  }
}
