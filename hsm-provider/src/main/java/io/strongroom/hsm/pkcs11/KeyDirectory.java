package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.pkcs11.KeyReader.KeyObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds keys, and remembers where they are for as long as a generation lives. What is not there is
 * never remembered: it may be created any moment, by another process too.
 */
final class KeyDirectory {
  private static final Pattern HEX = Pattern.compile("([0-9a-f]{2})+");

  private static final List<Long> KEY_CLASSES =
      List.of(Ck.CKO_SECRET_KEY, Ck.CKO_PRIVATE_KEY, Ck.CKO_PUBLIC_KEY);

  private KeyDirectory() {}

  /** Something to do with a key. */
  interface KeyOperation<T> {
    T with(KeyEntry entry);
  }

  /**
   * Does something with a key; if its handle turns out to be stale, once more with a fresh one.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   */
  static <T> T using(Session session, KeyId id, KeyOperation<T> operation) {
    KeyEntry entry = session.generation().keys().get(id);
    if (entry != null) {
      try {
        return operation.with(entry);
      } catch (CkException e) {
        if (!e.code().handleStale()) {
          throw e;
        }
        session.generation().keys().remove(id);
      }
    }
    return operation.with(require(session, id));
  }

  /**
   * Looks a key up where it was seen before, which takes no longer in a full token, or searches.
   * The device is asked in any case.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   */
  static KeyEntry lookUp(Session session, KeyId id) {
    KeyEntry entry = whereItWas(session, id);
    return entry == null ? require(session, id) : entry;
  }

  /**
   * Looks a key up by its label where it was seen before, or searches. Where other tools give the
   * label to a second key after that, the first is found.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.BadInput if other tools gave one label to several keys
   */
  static KeyEntry lookUp(Session session, String label) {
    KeyId known = session.generation().labels().get(label);
    KeyEntry entry = known == null ? null : whereItWas(session, known);
    if (entry == null || !entry.info().label().equals(label)) {
      entry = require(session, label);
      session.generation().labels().put(label, entry.info().id());
    }
    return entry;
  }

  // Half a pair may have got its other half meanwhile: only a search would find it.
  private static @Nullable KeyEntry whereItWas(Session session, KeyId id) {
    KeyEntry known = session.generation().keys().get(id);
    boolean whole =
        known != null
            && known.handle() != 0
            && (known.publicHandle() != 0 || known.info().type().isSecret());
    if (known == null || !whole) {
      return null;
    }
    List<Long> handles =
        known.info().type().isSecret()
            ? List.of(known.handle())
            : List.of(known.handle(), known.publicHandle());
    KeyEntry present = entry(session, handles);
    if (present == null || !present.info().id().equals(id)) {
      return null;
    }
    session.generation().keys().put(id, present);
    return present;
  }

  /**
   * Looks a key up in the device.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   */
  static KeyEntry require(Session session, KeyId id) {
    KeyEntry entry = find(session, id);
    if (entry == null) {
      throw new HsmException.KeyNotFound(
          "there is no key "
              + id
              + " in token \""
              + session.generation().slot().label()
              + (session.generation().sessionKeys().wasLost(id)
                  ? "\" any more: it was a session key, and was lost with the token's sessions; make"
                      + " it again, or keep such keys in the token"
                  : "\"; check the id, and that the key was not destroyed"));
    }
    return entry;
  }

  /** Looks a key up in the device; null if there is none. */
  static @Nullable KeyEntry find(Session session, KeyId id) {
    List<KeyObject> objects = search(session, () -> session.find(byId(id))).objects();
    return found(session, id, objects.isEmpty() ? readDerived(session, id) : objects);
  }

  /** The same for an id that is known to be no other tool's, because it was just made up. */
  static @Nullable KeyEntry findOwn(Session session, KeyId id) {
    return found(session, id, search(session, () -> session.find(byId(id))).objects());
  }

  private static @Nullable KeyEntry found(Session session, KeyId id, List<KeyObject> objects) {
    if (objects.isEmpty()) {
      session.generation().requireLogin(session);
      session.generation().keys().remove(id);
      return null;
    }
    KeyEntry entry = KeyReader.combine(session, objects);
    if (entry != null && entry.handle() == 0) {
      // Public halves are all that is seen of pairs without a login.
      session.generation().requireLogin(session);
    }
    if (entry != null) {
      session.generation().keys().put(id, entry);
    }
    return entry;
  }

  /**
   * Looks a key up by its label.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.BadInput if other tools gave one label to several keys
   */
  static KeyEntry require(Session session, String label) {
    List<KeyId> ids = idsWithLabel(session, label);
    if (ids.isEmpty()) {
      throw new HsmException.KeyNotFound(
          "there is no key \""
              + label
              + "\" in token \""
              + session.generation().slot().label()
              + "\"; check the label, and that the key was not destroyed");
    }
    if (ids.size() > 1) {
      throw new HsmException.BadInput(
          ids.size() + " keys have the label \"" + label + "\": " + ids + "; name one by its id");
    }
    return require(session, ids.getFirst());
  }

  /** The ids of the keys with this label; more than one only if other tools made them. */
  static List<KeyId> idsWithLabel(Session session, String label) {
    Template byLabel = new Template().put(Ck.CKA_LABEL, label);
    Reading labelled = search(session, () -> session.find(byLabel));
    List<KeyId> ids = idsAmong(labelled, label);
    if (ids.isEmpty() && !labelled.handles().isEmpty()) {
      ids = idsAmong(search(session, () -> certified(session, labelled.handles())), label);
    }
    if (ids.isEmpty() && HEX.matcher(label).matches()) {
      // What has no label is called by its id.
      Template byStoredId = new Template().put(Ck.CKA_ID, Der.hex(label));
      ids = idsAmong(search(session, () -> session.find(byStoredId)), label);
    }
    if (ids.isEmpty()) {
      session.generation().requireLogin(session);
    }
    return ids;
  }

  private static List<KeyId> idsAmong(Reading reading, String label) {
    return reading.objects().stream()
        .map(KeyObject::name)
        .filter(name -> name.label().equals(label))
        .map(KeyName::id)
        .distinct()
        .toList();
  }

  /** The objects that have the same {@code CKA_ID} as one of these. */
  private static List<Long> certified(Session session, List<Long> certificates) {
    return certificates.stream()
        .map(handle -> Attributes.read(session, handle, Ck.CKA_ID).bytes(Ck.CKA_ID))
        .filter(id -> id != null && id.length > 0)
        .flatMap(id -> session.find(new Template().put(Ck.CKA_ID, id)).stream())
        .toList();
  }

  /** The key that these objects make up; null if one of them is no key. */
  static @Nullable KeyEntry entry(Session session, List<Long> handles) {
    List<KeyObject> objects = read(session, handles).objects();
    return objects.size() == handles.size() ? KeyReader.combine(session, objects) : null;
  }

  /** A key that was just made of these objects, remembered; null if one of them is no key. */
  static @Nullable KeyEntry learn(Session session, List<Long> handles) {
    KeyEntry entry = entry(session, handles);
    if (entry != null) {
      session.generation().keys().put(entry.info().id(), entry);
    }
    return entry;
  }

  /** All keys that can be named. */
  static List<KeyInfo> all(Session session) {
    Map<KeyId, List<KeyObject>> byId = new LinkedHashMap<>();
    search(session, () -> withClass(session, new Template()))
        .objects()
        .forEach(
            object -> byId.computeIfAbsent(object.name().id(), _ -> new ArrayList<>()).add(object));
    return byId.values().stream()
        .map(objects -> KeyReader.combine(session, objects))
        .filter(Objects::nonNull)
        .map(KeyEntry::info)
        .toList();
  }

  /** The handles of all key objects with this id, those that cannot be named too. */
  static List<Long> handles(Session session, KeyId id) {
    KeyName derived = session.generation().derivedNames().get(id);
    if (derived == null) {
      // Not once for each class: a search looks through the whole token.
      List<Long> all = session.find(byId(id));
      session.generation().requireLogin(session);
      return all.stream().filter(handle -> isKey(session, handle)).toList();
    }
    return withClass(session, derived.template()).stream()
        .filter(handle -> isNamed(session, handle, id))
        .toList();
  }

  // One that is gone meanwhile counts: whoever uses it next finds out, and knows what that means.
  private static boolean isKey(Session session, long handle) {
    try {
      long objectClass = Attributes.read(session, handle, Ck.CKA_CLASS).number(Ck.CKA_CLASS);
      return KEY_CLASSES.contains(objectClass);
    } catch (CkException e) {
      if (!e.code().handleStale()) {
        throw e;
      }
      return true;
    }
  }

  /** The {@code CKA_ID} of the key with this id, which other tools may have made. */
  static byte[] storedId(Session session, KeyId id) {
    // A key that was found by its id is one of ours: no need to look through the token for it.
    Generation generation = session.generation();
    KeyName derived =
        generation.keys().containsKey(id)
            ? generation.derivedNames().get(id)
            : derived(session, id);
    return derived == null || derived.stored().length == 0 ? id.bytes() : derived.stored();
  }

  private static boolean isNamed(Session session, long handle, KeyId id) {
    KeyName name = KeyName.of(Attributes.read(session, handle, KeyName.TYPES));
    return name != null && name.id().equals(id);
  }

  private static List<Long> withClass(Session session, Template template) {
    List<Long> handles =
        KEY_CLASSES.stream()
            .map(type -> new Template().putAll(template).put(Ck.CKA_CLASS, type))
            .flatMap(typed -> session.find(typed).stream())
            .toList();
    // After the search: what is asked before says nothing of a login that ends meanwhile.
    session.generation().requireLogin(session);
    return handles;
  }

  private static @Nullable KeyName derived(Session session, KeyId id) {
    DerivedNames names = session.generation().derivedNames();
    if (names.get(id) == null && names.isScanDue()) {
      scan(session, names);
    }
    return names.get(id);
  }

  // A device cannot find these by their id here.
  private static List<KeyObject> readDerived(Session session, KeyId id) {
    KeyName name = derived(session, id);
    return name == null
        ? List.of()
        : search(session, () -> session.find(name.template())).objects().stream()
            .filter(object -> object.name().id().equals(id))
            .toList();
  }

  private static void scan(Session session, DerivedNames names) {
    for (long handle : withClass(session, new Template())) {
      try {
        KeyName name = KeyName.of(Attributes.read(session, handle, KeyName.TYPES));
        if (name != null) {
          names.remember(name);
        }
      } catch (CkException e) {
        if (!e.code().handleStale()) {
          throw e;
        }
      }
    }
  }

  private static Template byId(KeyId id) {
    return new Template().put(Ck.CKA_ID, id.bytes());
  }

  /**
   * Finds key objects and reads them; once more if some were gone before they were read. They may
   * have been destroyed, but a device that lost all its handles for a moment says the same.
   */
  private static Reading search(Session session, Supplier<List<Long>> finder) {
    Reading first = read(session, finder.get());
    return first.missed() ? read(session, finder.get()) : first;
  }

  /** The objects that were found, the keys among them, and whether one was not there any more. */
  private record Reading(List<Long> handles, List<KeyObject> objects, boolean missed) {}

  // Another session or process may destroy an object between finding and reading it.
  private static Reading read(Session session, List<Long> handles) {
    List<KeyObject> objects = new ArrayList<>();
    boolean missed = false;
    for (long handle : handles) {
      try {
        KeyObject object = KeyReader.read(session, handle);
        if (object != null) {
          session.generation().derivedNames().remember(object.name());
          objects.add(object);
        }
      } catch (CkException e) {
        if (!e.code().handleStale()) {
          throw e;
        }
        missed = true;
      }
    }
    return new Reading(handles, objects, missed);
  }
}
