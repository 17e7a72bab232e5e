package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.CipherAlgorithm.RsaOaep;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.lang.foreign.MemorySegment;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Finds out whether a device heeds the label of OAEP. SoftHSM2 takes one and works without it, so
 * that what was encrypted for one purpose would decrypt for any other. What is encrypted under a
 * label in software must open in the device under that label; tried once per hash function, with a
 * key pair made for it. Safe for use by many threads.
 */
final class OaepLabels {
  private static final byte[] LABEL = {'s', 't', 'r', 'o', 'n', 'g', 'r', 'o', 'o', 'm'};
  private static final byte[] TEXT = new byte[16];
  private static final byte[] F4 = {1, 0, 1};

  private final Capabilities capabilities;
  private final Map<Kind, Boolean> heeded = new ConcurrentHashMap<>();

  OaepLabels(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  private record Kind(Digest digest, Digest mgf) {}

  /** Whether a label makes a difference; throws {@link CkException} if the device fails. */
  boolean areHeeded(Session session, RsaOaep oaep) {
    Kind kind = new Kind(oaep.digest(), oaep.mgf());
    Boolean known = heeded.get(kind);
    if (known == null) {
      known = tryOut(session.generation(), kind);
      heeded.put(kind, known);
    }
    return known;
  }

  // In a session of its own: closing it ends a failed operation and destroys the pair.
  private boolean tryOut(Generation generation, Kind kind) {
    capabilities.require(Ckm.CKM_RSA_PKCS_KEY_PAIR_GEN, "generate-key-pair");
    Session session = generation.take();
    try {
      MemorySegment pair = pair(session);
      byte[] ciphertext = encrypt(publicKey(session, pair.getAtIndex(JAVA_LONG, 0)), kind);
      return opens(session, pair.getAtIndex(JAVA_LONG, 1), kind, ciphertext);
    } finally {
      session.close();
    }
  }

  private static MemorySegment pair(Session session) {
    Scratch memory = session.memory();
    Template publicHalf =
        new Template()
            .put(Ck.CKA_TOKEN, false)
            .put(Ck.CKA_PRIVATE, false)
            .put(Ck.CKA_ENCRYPT, true)
            .put(Ck.CKA_MODULUS_BITS, KeyType.RSA_2048.bits())
            .put(Ck.CKA_PUBLIC_EXPONENT, F4);
    Template privateHalf =
        KeyTemplates.temporary(KeyType.RSA_2048, false, Set.of(KeyUsage.DECRYPT));
    MemorySegment handles = memory.allocate(JAVA_LONG, 2);
    session
        .functions()
        .generateKeyPair(
            session.handle(),
            NativeMechanism.plain(memory, Ckm.CKM_RSA_PKCS_KEY_PAIR_GEN),
            publicHalf.in(memory),
            privateHalf.in(memory),
            handles);
    return handles;
  }

  private static PublicKey publicKey(Session session, long handle) {
    PublicKey key =
        PublicKeys.of(Attributes.read(session, handle, Ck.CKA_MODULUS, Ck.CKA_PUBLIC_EXPONENT));
    if (key == null) {
      throw new CkException("C_GetAttributeValue", ReturnCode.CKR_ATTRIBUTE_TYPE_INVALID);
    }
    return key;
  }

  private static byte[] encrypt(PublicKey key, Kind kind) {
    try {
      // By name: the first provider in the list may be the one that stands on this Hsm.
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          key,
          new OAEPParameterSpec(
              kind.digest().jcaName(),
              "MGF1",
              new MGF1ParameterSpec(kind.mgf().jcaName()),
              new PSource.PSpecified(LABEL)));
      return cipher.doFinal(TEXT);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no RSA-OAEP", e);
    }
  }

  private static boolean opens(Session session, long key, Kind kind, byte[] ciphertext) {
    MemorySegment mechanism =
        NativeMechanism.oaep(session.memory(), kind.digest(), kind.mgf(), LABEL);
    try {
      return Arrays.equals(
          TEXT, session.decrypt(mechanism, key, ciphertext, KeyType.RSA_2048.bytes()));
    } catch (CkException e) {
      if (e.code().deviceFailed()) {
        throw e;
      }
      return false;
    }
  }
}
