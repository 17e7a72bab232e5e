package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, inside the device, whether wrapped material is as long as a type says, before any key
 * is made from it. It is opened as a temporary session key; a device that does not tell that key's
 * length is made to wrap it under a throw-away key, whose result's length does tell (RFC 3394: 8
 * bytes more, for whole blocks of 8 only).
 */
final class MaterialCheck {
  private static final int BLOCK_BYTES = 8;
  private static final int ROOM_BYTES = 2048;

  private final Capabilities capabilities;

  MaterialCheck(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  /**
   * What was found out.
   *
   * @param lengthIsTold whether the device tells the length of keys that it opened
   */
  record Finding(boolean lengthIsTold) {}

  /**
   * Checks secret material.
   *
   * @throws HsmException.BadInput if it has another length than the type
   */
  Finding check(
      Session session, Cryptoki.Wrapping opener, byte[] wrapped, KeyOpener.Wanted wanted) {
    KeyType type = wanted.type();
    refuseByWrappedLength(wrapped, wanted);
    boolean extractable = true;
    long key;
    try {
      key = session.unwrap(opener, wrapped, temporary(type, true));
    } catch (CkException e) {
      if (e.code() != ReturnCode.CKR_TEMPLATE_INCONSISTENT) {
        throw e;
      }
      // The opener forces what it opens never to leave.
      extractable = false;
      key = session.unwrap(opener, wrapped, temporary(type, false));
    }
    try {
      return measure(session, key, type, extractable);
    } finally {
      session.destroyQuietly(key);
    }
  }

  private Finding measure(Session session, long key, KeyType type, boolean extractable) {
    long told = Attributes.read(session, key, Ck.CKA_VALUE_LEN).number(Ck.CKA_VALUE_LEN);
    if (told > 0) {
      require(told == type.bytes(), type, told + " bytes");
      return new Finding(true);
    }
    if (extractable) {
      measureByWrapping(session, key, type);
    }
    if (type.family() == KeyType.Family.AES) {
      requireUsable(session, key, type);
    }
    return new Finding(false);
  }

  private void measureByWrapping(Session session, long key, KeyType type) {
    capabilities.require(Ckm.CKM_AES_KEY_WRAP_PAD, "wrap");
    long ruler = KeyWrapper.temporaryKey(session, false, Set.of(KeyUsage.WRAP, KeyUsage.UNWRAP));
    try {
      byte[] wrapped = wrap(session, Ckm.CKM_AES_KEY_WRAP_PAD, ruler, key);
      require(
          wrapped.length == wrappedBytes(type),
          type,
          "about " + (wrapped.length - BLOCK_BYTES) + " bytes");
      boolean wholeBlocks = type.bytes() % BLOCK_BYTES == 0;
      if (wholeBlocks && capabilities.has(Ckm.CKM_AES_KEY_WRAP, "unwrap")) {
        require(
            Arrays.equals(wrapped, wrapRoundedUp(session, ruler, key, type)), type, "fewer bytes");
      }
    } catch (CkException e) {
      if (e.code().sessionLost()) {
        throw e;
      }
      // Key wrap without padding takes whole blocks only, and at least two of them.
      throw refusal(type, "another number of bytes", e);
    } finally {
      session.destroyQuietly(ruler);
    }
  }

  // Through key wrap without padding, what is no whole number of blocks comes back filled up with
  // zeros (or is refused). Wrapped with padding, which counts the bytes, it then differs.
  private static byte[] wrapRoundedUp(Session session, long ruler, long key, KeyType type) {
    byte[] blocks = wrap(session, Ckm.CKM_AES_KEY_WRAP, ruler, key);
    long rounded =
        session.unwrap(
            new Cryptoki.Wrapping(
                NativeMechanism.plain(session.memory(), Ckm.CKM_AES_KEY_WRAP), ruler),
            blocks,
            temporary(type, true));
    try {
      return wrap(session, Ckm.CKM_AES_KEY_WRAP_PAD, ruler, rounded);
    } finally {
      session.destroyQuietly(rounded);
    }
  }

  private static byte[] wrap(Session session, Ckm mechanism, long ruler, long key) {
    return session.wrap(
        new Cryptoki.Wrapping(NativeMechanism.plain(session.memory(), mechanism), ruler),
        key,
        ROOM_BYTES);
  }

  // A device opens any bytes as an AES key; using it shows whether they are one.
  private void requireUsable(Session session, long key, KeyType type) {
    if (!capabilities.has(Ckm.CKM_AES_ECB, "encrypt")) {
      return;
    }
    try {
      session.encrypt(
          NativeMechanism.plain(session.memory(), Ckm.CKM_AES_ECB), key, new byte[16], 32);
    } catch (CkException e) {
      if (e.code().sessionLost()) {
        throw e;
      }
      throw refusal(type, "a length that no AES key has", e);
    }
  }

  private static void refuseByWrappedLength(byte[] wrapped, KeyOpener.Wanted wanted) {
    boolean aes =
        wanted.algorithm() instanceof WrapAlgorithm.AesKw
            || wanted.algorithm() instanceof WrapAlgorithm.AesKwp;
    if (aes) {
      require(
          wrapped.length == wrappedBytes(wanted.type()),
          wanted.type(),
          wrapped.length + " bytes wrapped");
    }
  }

  private static int wrappedBytes(KeyType type) {
    return (type.bytes() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES + BLOCK_BYTES;
  }

  private static void require(boolean fits, KeyType type, String got) {
    if (!fits) {
      throw refusal(type, got, null);
    }
  }

  private static HsmException.BadInput refusal(
      KeyType type, String got, @Nullable CkException cause) {
    return new HsmException.BadInput(
        "the wrapped material has "
            + got
            + ", not the "
            + type.bytes()
            + " bytes of "
            + type
            + "; nothing was imported: wrap exactly the key's raw bytes",
        cause);
  }

  private static Template temporary(KeyType type, boolean extractable) {
    KeyUsage usage = type.family() == KeyType.Family.AES ? KeyUsage.ENCRYPT : KeyUsage.SIGN;
    return KeyTemplates.temporary(type, extractable, Set.of(usage));
  }
}
