package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.WrapAlgorithm;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Tries to get one key out of the device, as {@link io.strongroom.hsm.Hsm#attemptExport} says. For
 * one thread, once.
 */
final class ExportProbe {
  private static final int ROOM_BYTES = 16 * 1024;
  private static final int STRANGER_BYTES = 256;
  private static final WrapAlgorithm OAEP = new WrapAlgorithm.RsaOaep(Digest.SHA_1);

  private final Capabilities capabilities;
  private final Session session;
  private final KeyEntry key;
  private final List<ExportAttempt> attempts = new ArrayList<>();

  private ExportProbe(Capabilities capabilities, Session session, KeyEntry key) {
    this.capabilities = capabilities;
    this.session = session;
    this.key = key;
  }

  /** Makes all attempts and tells their answers. */
  static List<ExportAttempt> tryAll(Capabilities capabilities, Session session, KeyEntry key) {
    ExportProbe probe = new ExportProbe(capabilities, session, key);
    probe.readValues();
    probe.wrapUnderFreshKey();
    probe.wrapForStranger();
    probe.copyWeaker("CKA_EXTRACTABLE=true", Ck.CKA_EXTRACTABLE, true);
    probe.copyWeaker("CKA_SENSITIVE=false", Ck.CKA_SENSITIVE, false);
    probe.weaken();
    return List.copyOf(probe.attempts);
  }

  private void readValues() {
    switch (key.info().type().family()) {
      case AES, SECRET, EC, EDWARDS, MONTGOMERY -> read("CKA_VALUE", Ck.CKA_VALUE);
      case RSA -> {
        read("CKA_PRIVATE_EXPONENT", Ck.CKA_PRIVATE_EXPONENT);
        read("CKA_PRIME_1", Ck.CKA_PRIME_1);
      }
    }
  }

  // Asks without room for the value: a device that would give it up tells its size, no more.
  private void read(String name, long type) {
    attempt(
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

  private void wrapUnderFreshKey() {
    long own = KeyWrapper.temporaryKey(session, false, Set.of(KeyUsage.WRAP));
    try {
      for (Ckm mechanism : List.of(capabilities.kwp("wrap"), Ckm.CKM_AES_KEY_WRAP)) {
        if (capabilities.has(mechanism, "wrap")) {
          MemorySegment parameters = NativeMechanism.plain(session.memory(), mechanism);
          attempt(
              "C_WrapKey(" + mechanism + ", under a fresh key)",
              () -> wrap(new Cryptoki.Wrapping(parameters, own)));
        }
      }
    } finally {
      session.destroyQuietly(own);
    }
  }

  // Under a public key that somebody brings along; nobody has a private key for this one.
  private void wrapForStranger() {
    if (!key.info().type().isSecret() || !capabilities.has(Ckm.CKM_RSA_PKCS_OAEP, "wrap")) {
      return;
    }
    MemorySegment parameters = Wrappings.in(session.memory(), capabilities, OAEP, "wrap");
    attempt(
        "C_WrapKey(CKM_RSA_PKCS_OAEP, under a public key brought along)",
        () -> {
          long stranger = session.create(stranger());
          try {
            wrap(new Cryptoki.Wrapping(parameters, stranger));
          } finally {
            session.destroyQuietly(stranger);
          }
        });
  }

  private static Template stranger() {
    byte[] modulus = new byte[STRANGER_BYTES];
    Arrays.fill(modulus, (byte) 0xC5);
    return new Template()
        .put(Ck.CKA_CLASS, Ck.CKO_PUBLIC_KEY)
        .put(Ck.CKA_KEY_TYPE, Ck.CKK_RSA)
        .put(Ck.CKA_TOKEN, false)
        .put(Ck.CKA_PRIVATE, false)
        .put(Ck.CKA_WRAP, true)
        .put(Ck.CKA_MODULUS, modulus)
        .put(Ck.CKA_PUBLIC_EXPONENT, new byte[] {1, 0, 1});
  }

  private void wrap(Cryptoki.Wrapping wrapping) {
    Arrays.fill(session.wrap(wrapping, key.kept(), ROOM_BYTES), (byte) 0);
  }

  private void copyWeaker(String what, long type, boolean value) {
    attempt(
        "C_CopyObject(" + what + ")",
        () -> {
          MemorySegment copy = session.memory().allocate(JAVA_LONG);
          Template template = new Template().put(Ck.CKA_TOKEN, false).put(type, value);
          session
              .functions()
              .copyObject(session.handle(), key.kept(), template.in(session.memory()), copy);
          session.destroyQuietly(copy.get(JAVA_LONG, 0));
        });
  }

  private void weaken() {
    weaken("CKA_SENSITIVE=false", Ck.CKA_SENSITIVE, false);
    if (key.info().protection() == Protection.NEVER_LEAVES) {
      weaken("CKA_EXTRACTABLE=true", Ck.CKA_EXTRACTABLE, true);
    }
    if (key.info().protection() == Protection.DOMAIN) {
      weaken("CKA_WRAP_WITH_TRUSTED=false", Ck.CKA_WRAP_WITH_TRUSTED, false);
      weaken("CKA_DECRYPT=true", Ck.CKA_DECRYPT, true);
    }
  }

  // What the device lets through is put back at once.
  private void weaken(String what, long type, boolean value) {
    attempt(
        "C_SetAttributeValue(" + what + ")",
        () -> {
          set(type, value);
          putBack(type, !value);
        });
  }

  private void putBack(long type, boolean value) {
    try {
      set(type, value);
    } catch (CkException _) {
      // The attempt got through all the same, and is reported so.
    }
  }

  private void set(long type, boolean value) {
    Template template = new Template().put(type, value);
    session
        .functions()
        .setAttributeValue(session.handle(), key.kept(), template.in(session.memory()));
  }

  /** An attempt; throws {@link CkException} if the device refuses. */
  private interface Attempt {
    void make();
  }

  private void attempt(String what, Attempt attempt) {
    try {
      attempt.make();
      attempts.add(new ExportAttempt(what, false, "CKR_OK"));
    } catch (CkException e) {
      if (e.code().deviceFailed() || e.code().handleStale()) {
        throw e;
      }
      attempts.add(new ExportAttempt(what, true, ReturnCode.nameOf(e.returnValue())));
    }
  }
}
