package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Turns session keys into token keys, by {@code C_CopyObject} (PKCS#11 v2.40 §5.7). */
final class TokenCopies {
  private TokenCopies() {}

  /** As {@link io.strongroom.hsm.Hsm#keep} says. */
  static KeyInfo keep(Session session, KeyId id, String label) {
    removeLeftovers(session, id);
    KeyEntry original = KeyDirectory.require(session, id);
    KeyInfo info = original.info();
    if (!info.session()) {
      requireLabel(info, label);
      return info;
    }
    requireFree(session, id, label);
    List<Long> copies = new ArrayList<>();
    boolean done = false;
    try {
      KeyEntry copy = copy(session, original, label, copies);
      requireFree(session, id, label);
      done = true;
      destroy(session, original);
      session.generation().forget(session, id);
      session.generation().keys().put(id, copy);
      return copy.info();
    } finally {
      if (!done) {
        copies.forEach(session::destroyQuietly);
      }
    }
  }

  // A device may have copied although it said otherwise; then a repeat finds a copy already.
  private static void removeLeftovers(Session session, KeyId id) {
    Map<Boolean, List<Long>> bySession =
        KeyDirectory.handles(session, id).stream()
            .collect(
                Collectors.partitioningBy(handle ->
                    Attributes.read(session, handle, Ck.CKA_TOKEN).isFalse(Ck.CKA_TOKEN)));
    if (!bySession.getOrDefault(true, List.of()).isEmpty()) {
      bySession.getOrDefault(false, List.of()).forEach(session::destroy);
    }
  }

  private static void requireLabel(KeyInfo info, String label) {
    if (!info.label().equals(label)) {
      throw new HsmException.KeyExists(
          "key "
              + info.id()
              + " is a token key already, with the label \""
              + info.label()
              + "\"; it does not get the label \""
              + label
              + "\" as well: use the one that it has");
    }
  }

  private static void requireFree(Session session, KeyId id, String label) {
    if (!KeyMaker.othersWithLabel(session, id, label).isEmpty()) {
      throw KeyMaker.labelTaken(session, label);
    }
  }

  // The public half first: should this process die in between, no secret is left without a name.
  private static KeyEntry copy(
      Session session, KeyEntry original, String label, List<Long> copies) {
    Template changes = new Template().put(Ck.CKA_TOKEN, true).put(Ck.CKA_LABEL, label);
    if (original.publicHandle() != 0) {
      copies.add(session.copy(original.publicHandle(), changes));
    }
    if (original.handle() != 0) {
      copies.add(session.copy(original.handle(), changes));
    }
    KeyEntry copy = KeyDirectory.entry(session, copies);
    if (copy == null || !honoured(original, copy, label)) {
      throw new HsmException.DeviceUnavailable(
          "the device copied "
              + original.describe()
              + " as "
              + (copy == null ? "something that is no key" : copy.info())
              + ", not as the token key that was asked for; it was destroyed again — make the key"
              + " as a token key at once");
    }
    return copy;
  }

  private static boolean honoured(KeyEntry original, KeyEntry copy, String label) {
    KeyInfo wanted = original.info();
    KeyInfo made = copy.info();
    return !made.session()
        && made.label().equals(label)
        && made.id().equals(wanted.id())
        && made.type().equals(wanted.type())
        && made.usages().equals(wanted.usages())
        && made.protection() == wanted.protection()
        && copy.sensitive() == original.sensitive();
  }

  private static void destroy(Session session, KeyEntry original) {
    for (long handle : new long[] {original.handle(), original.publicHandle()}) {
      if (handle != 0) {
        session.destroyQuietly(handle);
      }
    }
  }
}
