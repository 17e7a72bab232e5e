package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.Protection;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Generates keys, and holds what every way of making one has in common. */
final class KeyMaker {
  private static final System.Logger LOG = System.getLogger(KeyMaker.class.getName());

  private final Capabilities capabilities;
  private final UnfinishedKeys unfinished = new UnfinishedKeys();

  KeyMaker(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  /** Generates a key as {@link io.strongroom.hsm.Hsm#create} says. */
  KeyInfo create(Session session, KeySpec spec) {
    KeyTemplates.check(spec);
    return unlessThere(session, spec, () -> generate(session, spec));
  }

  /** Makes the objects of a key in the session that has to keep them, and tells their handles. */
  interface Making {
    List<Long> run();
  }

  /**
   * The key that a call before made; otherwise makes it, reads it back, and leaves nothing behind
   * if that fails.
   */
  KeyInfo unlessThere(Session session, KeySpec spec, Making making) {
    // Among them may be this very key, half made when the device failed.
    unfinished.sweep(session);
    KeyInfo present = present(session, spec);
    if (present != null) {
      return present;
    }
    boolean made = false;
    try {
      KeyEntry entry = readBack(session, spec, making.run());
      requireHonoured(spec, entry);
      requireUniqueLabel(session, spec);
      made = true;
      if (spec.session()) {
        session.generation().sessionKeys().made(spec.id());
      }
      return entry.info();
    } finally {
      if (!made) {
        unfinished.destroy(session, spec.id());
      }
    }
  }

  // Another process may have made a token key of the same id just now; session keys it does not
  // see.
  private static KeyEntry readBack(Session session, KeySpec spec, List<Long> made) {
    KeyEntry known = spec.session() ? KeyDirectory.learn(session, made) : null;
    KeyEntry entry = known == null ? KeyDirectory.require(session, spec.id()) : known;
    entry.requireOne();
    return entry;
  }

  /** Destroys what could not be destroyed before, if the device lets it now. */
  void finish(SessionPool pool) {
    if (unfinished.isEmpty()) {
      return;
    }
    try {
      pool.run(
          () -> "destroy keys that were not finished",
          session -> {
            unfinished.sweep(session);
            return session.handle();
          });
    } catch (HsmException | IllegalStateException e) {
      LOG.log(Level.WARNING, "event=unfinished_keys_left reason={0}", e.getMessage());
    }
  }

  /** Creates objects where they live: token objects here, session objects in the one that stays. */
  static <T> T keeping(Session session, KeySpec spec, Function<Session, T> work) {
    return spec.session() ? session.generation().onKeeper(work) : work.apply(session);
  }

  private List<Long> generate(Session session, KeySpec spec) {
    return switch (spec.type().family()) {
      case AES -> generateSecret(session, spec, Ckm.CKM_AES_KEY_GEN);
      case SECRET -> generateSecret(session, spec, Ckm.CKM_GENERIC_SECRET_KEY_GEN);
      case RSA -> generatePair(session, spec, Ckm.CKM_RSA_PKCS_KEY_PAIR_GEN);
      case EC -> generatePair(session, spec, Ckm.CKM_EC_KEY_PAIR_GEN);
      case EDWARDS -> generatePair(session, spec, Ckm.CKM_EC_EDWARDS_KEY_PAIR_GEN);
      case MONTGOMERY -> generateMontgomery(session, spec);
    };
  }

  // SoftHSM2 makes these keys too with the mechanism for Edwards curves, which need not mean that
  // another device does.
  private List<Long> generateMontgomery(Session session, KeySpec spec) {
    if (capabilities.has(Ckm.CKM_EC_MONTGOMERY_KEY_PAIR_GEN, "generate-key-pair")
        || !capabilities.has(Ckm.CKM_EC_EDWARDS_KEY_PAIR_GEN, "generate-key-pair")) {
      return generatePair(session, spec, Ckm.CKM_EC_MONTGOMERY_KEY_PAIR_GEN);
    }
    try {
      return generatePair(session, spec, Ckm.CKM_EC_EDWARDS_KEY_PAIR_GEN);
    } catch (CkException e) {
      if (!e.code().curveRefused() || !Health.isGood(session)) {
        throw e;
      }
      throw new HsmException.UnsupportedMechanism(
          "the device has no CKM_EC_MONTGOMERY_KEY_PAIR_GEN, and its CKM_EC_EDWARDS_KEY_PAIR_GEN"
              + " does not make "
              + spec.type()
              + " keys; use EC_256",
          e);
    }
  }

  private List<Long> generateSecret(Session session, KeySpec spec, Ckm mechanism) {
    capabilities.require(mechanism, "generate");
    Template length = new Template().put(Ck.CKA_VALUE_LEN, spec.type().bytes());
    Template template = KeyTemplates.kept(spec, length);
    try {
      return keeping(
          session,
          spec,
          keeper ->
              List.of(
                  keeper.generate(NativeMechanism.plain(keeper.memory(), mechanism), template)));
    } catch (CkException e) {
      throw spec.protection() == Protection.DOMAIN ? explainDomain(session, e) : e;
    }
  }

  // Not every device keeps an UNWRAP_TEMPLATE; NSS answers CKR_GENERAL_ERROR.
  private static RuntimeException explainDomain(Session session, CkException e) {
    boolean refused =
        e.code().templateRefused() || (e.code().ambiguous() && Health.isGood(session));
    return refused
        ? new HsmException.UnsupportedMechanism(
            "token \""
                + session.generation().slot().label()
                + "\" cannot hold a domain key: C_GenerateKey answered "
                + ReturnCode.nameOf(e.returnValue())
                + " where CKA_UNWRAP_TEMPLATE and CKA_WRAP_WITH_TRUSTED were asked for; use a"
                + " device that has them, or this one outside a cluster",
            e)
        : e;
  }

  private List<Long> generatePair(Session session, KeySpec spec, Ckm mechanism) {
    capabilities.require(mechanism, "generate-key-pair");
    return keeping(
        session,
        spec,
        keeper -> {
          Scratch memory = keeper.memory();
          MemorySegment handles = memory.allocate(JAVA_LONG, 2);
          keeper
              .functions()
              .generateKeyPair(
                  keeper.handle(),
                  NativeMechanism.plain(memory, mechanism),
                  KeyTemplates.publicHalf(spec).in(memory),
                  KeyTemplates.kept(spec, new Template()).in(memory),
                  handles);
          return List.of(handles.getAtIndex(JAVA_LONG, 0), handles.getAtIndex(JAVA_LONG, 1));
        });
  }

  private static @Nullable KeyInfo present(Session session, KeySpec spec) {
    KeyEntry entry = KeyDirectory.findOwn(session, spec.id());
    if (entry != null) {
      requireSame(spec, entry.info());
      return entry.info();
    }
    if (!othersWithLabel(session, spec).isEmpty()) {
      throw labelTaken(session, spec);
    }
    return null;
  }

  private static void requireSame(KeySpec spec, KeyInfo present) {
    if (!present.label().equals(spec.label())
        || !present.type().equals(spec.type())
        || !present.usages().equals(spec.usages())
        || present.protection() != spec.protection()
        || present.session() != spec.session()) {
      throw new HsmException.KeyExists(
          "the id "
              + spec.id()
              + " belongs to key \""
              + present.label()
              + "\" ("
              + present.type()
              + ", "
              + present.usages()
              + ", "
              + present.protection()
              + "), not to the one asked for ("
              + describe(spec)
              + "); choose another id");
    }
  }

  // Two processes may pass the first check at once; then both give way rather than both stay.
  // Other processes do not see session keys.
  private static void requireUniqueLabel(Session session, KeySpec spec) {
    if (!spec.session() && !othersWithLabel(session, spec).isEmpty()) {
      throw labelTaken(session, spec);
    }
  }

  private static List<KeyId> othersWithLabel(Session session, KeySpec spec) {
    return othersWithLabel(session, spec.id(), spec.label());
  }

  /** The keys that have this label, but for the one with this id. */
  static List<KeyId> othersWithLabel(Session session, KeyId id, String label) {
    return KeyDirectory.idsWithLabel(session, label).stream()
        .filter(other -> !other.equals(id))
        .toList();
  }

  private static HsmException.KeyExists labelTaken(Session session, KeySpec spec) {
    return labelTaken(session, spec.label());
  }

  /** Says that another key has the label. */
  static HsmException.KeyExists labelTaken(Session session, String label) {
    return new HsmException.KeyExists(
        "token \""
            + session.generation().slot().label()
            + "\" has a key \""
            + label
            + "\" already; nothing was overwritten: choose another label, or destroy that key");
  }

  private static String describe(KeySpec spec) {
    return "\""
        + spec.label()
        + "\", "
        + spec.type()
        + ", "
        + spec.usages()
        + ", "
        + spec.protection()
        + (spec.session() ? ", session" : "");
  }

  private static void requireHonoured(KeySpec spec, KeyEntry entry) {
    KeyInfo made = entry.info();
    if (!entry.sensitive()
        || made.protection() != spec.protection()
        || !made.type().equals(spec.type())
        || !made.usages().equals(spec.usages())
        || made.session() != spec.session()) {
      throw new HsmException.DeviceUnavailable(
          "the device made key \""
              + spec.label()
              + "\" as "
              + made.type()
              + " "
              + made.usages()
              + " "
              + made.protection()
              + (entry.sensitive() ? "" : ", not sensitive,")
              + " where "
              + describe(spec)
              + " was asked for; it was destroyed again — the device does not support this");
    }
  }
}
