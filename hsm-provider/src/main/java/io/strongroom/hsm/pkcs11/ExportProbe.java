package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tries to get a key out of the device, as {@link io.strongroom.hsm.Hsm#attemptExport} says. */
final class ExportProbe {
  private static final int ROOM_BYTES = 16 * 1024;

  private final Capabilities capabilities;

  ExportProbe(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  /** An attempt; throws {@link CkException} if the device refuses. */
  private interface Attempt {
    void make();
  }

  List<ExportAttempt> tryAll(Session session, KeyEntry key) {
    long handle = key.kept();
    List<ExportAttempt> attempts = new ArrayList<>();
    readValues(session, key, attempts);
    wrap(session, handle, attempts);
    copyWeaker(session, handle, attempts, "CKA_EXTRACTABLE=true", extractable(true));
    copyWeaker(session, handle, attempts, "CKA_SENSITIVE=false", sensitive(false));
    boolean leaves = key.info().protection() != Protection.NEVER_LEAVES;
    weaken(session, handle, attempts, "CKA_SENSITIVE=false", sensitive(false), sensitive(true));
    if (!leaves) {
      weaken(
          session, handle, attempts, "CKA_EXTRACTABLE=true", extractable(true), extractable(false));
    }
    if (key.info().protection() == Protection.DOMAIN) {
      weaken(
          session,
          handle,
          attempts,
          "CKA_WRAP_WITH_TRUSTED=false",
          new Template().put(Ck.CKA_WRAP_WITH_TRUSTED, false),
          new Template().put(Ck.CKA_WRAP_WITH_TRUSTED, true));
      weaken(
          session,
          handle,
          attempts,
          "CKA_DECRYPT=true",
          new Template().put(Ck.CKA_DECRYPT, true),
          new Template().put(Ck.CKA_DECRYPT, false));
    }
    return List.copyOf(attempts);
  }

  private static Template extractable(boolean value) {
    return new Template().put(Ck.CKA_EXTRACTABLE, value);
  }

  private static Template sensitive(boolean value) {
    return new Template().put(Ck.CKA_SENSITIVE, value);
  }

  private static void readValues(Session session, KeyEntry key, List<ExportAttempt> attempts) {
    switch (key.info().type().family()) {
      case AES, SECRET, EC, EDWARDS -> read(session, key, attempts, "CKA_VALUE", Ck.CKA_VALUE);
      case RSA -> {
        read(session, key, attempts, "CKA_PRIVATE_EXPONENT", Ck.CKA_PRIVATE_EXPONENT);
        read(session, key, attempts, "CKA_PRIME_1", Ck.CKA_PRIME_1);
      }
    }
  }

  // Asks without room for the value: a device that would give it up tells its size, no more.
  private static void read(
      Session session, KeyEntry key, List<ExportAttempt> attempts, String name, long type) {
    attempt(
        attempts,
        "C_GetAttributeValue(" + name + ")",
        () -> {
          MemorySegment template = session.memory().allocate(Template.ATTRIBUTE_BYTES, 8);
          template.fill((byte) 0);
          template.set(JAVA_LONG, 0, type);
          long answer =
              session.functions().getAttributeValue(session.handle(), key.kept(), template, 1);
          if (answer != 0) {
            throw new CkException("C_GetAttributeValue", answer);
          }
        });
  }

  private void wrap(Session session, long handle, List<ExportAttempt> attempts) {
    long own = KeyWrapper.temporaryKey(session, false, Set.of(KeyUsage.WRAP));
    try {
      for (Ckm mechanism : List.of(capabilities.kwp("wrap"), Ckm.CKM_AES_KEY_WRAP)) {
        if (capabilities.has(mechanism, "wrap")) {
          Cryptoki.Wrapping wrapping =
              new Cryptoki.Wrapping(NativeMechanism.plain(session.memory(), mechanism), own);
          attempt(
              attempts,
              "C_WrapKey(" + mechanism + ", under a fresh key)",
              () -> session.wrap(wrapping, handle, ROOM_BYTES));
        }
      }
    } finally {
      session.destroyQuietly(own);
    }
  }

  private static void copyWeaker(
      Session session, long handle, List<ExportAttempt> attempts, String what, Template weaker) {
    attempt(
        attempts,
        "C_CopyObject(" + what + ")",
        () -> {
          MemorySegment copy = session.memory().allocate(JAVA_LONG);
          Template template = new Template().put(Ck.CKA_TOKEN, false).putAll(weaker);
          session
              .functions()
              .copyObject(session.handle(), handle, template.in(session.memory()), copy);
          session.destroyQuietly(copy.get(JAVA_LONG, 0));
        });
  }

  private static void weaken(
      Session session,
      long handle,
      List<ExportAttempt> attempts,
      String what,
      Template weaker,
      Template again) {
    attempt(
        attempts,
        "C_SetAttributeValue(" + what + ")",
        () -> {
          set(session, handle, weaker);
          set(session, handle, again);
        });
  }

  private static void set(Session session, long handle, Template template) {
    session.functions().setAttributeValue(session.handle(), handle, template.in(session.memory()));
  }

  private static void attempt(List<ExportAttempt> attempts, String what, Attempt attempt) {
    try {
      attempt.make();
      attempts.add(new ExportAttempt(what, false, "CKR_OK"));
    } catch (CkException e) {
      if (e.code().sessionLost() || e.code().handleStale()) {
        throw e;
      }
      attempts.add(new ExportAttempt(what, true, ReturnCode.nameOf(e.returnValue())));
    }
  }
}
