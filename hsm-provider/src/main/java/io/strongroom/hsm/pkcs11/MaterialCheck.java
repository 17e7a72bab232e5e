package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, inside the device, whether wrapped material is as long as a type says, before any key
 * is made from it. It is opened as a temporary session key. Where the device does not tell that
 * key's length, it is made to wrap it under a throw-away key, which tells the length rounded up to
 * 8 bytes (RFC 3394, RFC 5649), and to use it, which tells whether that is all.
 *
 * <p>So AES keys, and HMAC keys as long as a digest of whole blocks, are told exactly. Other
 * secrets on such a device may be up to 7 bytes shorter or longer; SoftHSM2, the one that is known,
 * fills them up with zeros when it wraps them, which is the same key to HMAC.
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
        throw e.code().lengthRefused() ? refusal(type, "another number of bytes", e) : e;
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
    requireUsable(session, key, type);
    return new Finding(false);
  }

  private void measureByWrapping(Session session, long key, KeyType type) {
    // Without padding, devices that keep to the standard take two blocks or more, and whole ones.
    boolean wholeBlocks = type.bytes() >= 2 * BLOCK_BYTES && type.bytes() % BLOCK_BYTES == 0;
    Ckm mechanism =
        wholeBlocks && capabilities.has(Ckm.CKM_AES_KEY_WRAP, "wrap")
            ? Ckm.CKM_AES_KEY_WRAP
            : capabilities.kwp("wrap");
    capabilities.require(mechanism, "wrap");
    long ruler = KeyWrapper.temporaryKey(session, false, Set.of(KeyUsage.WRAP));
    try {
      Cryptoki.Wrapping wrapping =
          new Cryptoki.Wrapping(NativeMechanism.plain(session.memory(), mechanism), ruler);
      int got = session.wrap(wrapping, key, ROOM_BYTES).length;
      require(got == wrappedBytes(type), type, "about " + (got - BLOCK_BYTES) + " bytes");
    } catch (CkException e) {
      throw explain(e, type, "another number of bytes");
    } finally {
      session.destroyQuietly(ruler);
    }
  }

  // Devices open any bytes as a key; using it shows whether they are long enough for one.
  private void requireUsable(Session session, long key, KeyType type) {
    try {
      if (type.family() == KeyType.Family.AES) {
        encryptBlock(session, key);
      } else {
        signNothing(session, key, type);
      }
    } catch (CkException e) {
      throw explain(e, type, "a length that cannot be used so");
    }
  }

  private void encryptBlock(Session session, long key) {
    if (capabilities.has(Ckm.CKM_AES_ECB, "encrypt")) {
      MemorySegment ecb = NativeMechanism.plain(session.memory(), Ckm.CKM_AES_ECB);
      session.encrypt(ecb, key, new byte[16], 32);
    }
  }

  // Many devices want an HMAC key to be at least as long as the digest, SoftHSM2 among them.
  private void signNothing(Session session, long key, KeyType type) {
    Stream.of(Digest.values())
        .filter(digest -> digest.bytes() <= type.bytes())
        .map(NativeMechanism::hmac)
        .filter(hmac -> capabilities.has(hmac, "sign"))
        .reduce((_, longest) -> longest)
        .ifPresent(hmac ->
            session.sign(NativeMechanism.plain(session.memory(), hmac), key, new byte[0], 64));
  }

  private static RuntimeException explain(CkException e, KeyType type, String got) {
    return e.code().deviceFailed() ? e : refusal(type, got, e);
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
