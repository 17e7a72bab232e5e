package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.Arrays;
import java.util.Set;

/** Wraps keys. */
final class KeyWrapper {
  // An RSA private key of 16,384 bits as PKCS#8, and more.
  private static final int ROOM_BYTES = 16 * 1024;

  private final Capabilities capabilities;

  KeyWrapper(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  /** Wraps as {@link io.strongroom.hsm.Hsm#wrap} says. */
  byte[] wrap(Session session, KeyEntry wrapping, WrapAlgorithm algorithm, KeyEntry target) {
    Wrappings.requireFits(wrapping, algorithm);
    return requireMayLeave(target, wrapAnyhow(session, wrapping, algorithm, target));
  }

  // The device is asked first, for its own answer is the better one; NSS does not refuse.
  private static byte[] requireMayLeave(KeyEntry target, byte[] wrapped) {
    if (target.info().protection() == Protection.NEVER_LEAVES) {
      Arrays.fill(wrapped, (byte) 0);
      throw new HsmException.AccessDenied(
          target.describe()
              + " was made never to leave the device, so it is not given out, though the device"
              + " itself wraps it; see what else it lets out with Hsm.attemptExport");
    }
    return wrapped;
  }

  private byte[] wrapAnyhow(
      Session session, KeyEntry wrapping, WrapAlgorithm algorithm, KeyEntry target) {
    if (algorithm instanceof WrapAlgorithm.RsaAes rsaAes
        && !capabilities.has(Ckm.CKM_RSA_AES_KEY_WRAP, "wrap")) {
      return wrapInTwoSteps(session, wrapping, rsaAes, target);
    }
    return wrapDirectly(session, wrapping.encrypting(), algorithm, target);
  }

  private byte[] wrapDirectly(
      Session session, long wrappingKey, WrapAlgorithm algorithm, KeyEntry target) {
    try {
      return wrap(session, wrappingKey, algorithm, target.kept());
    } catch (CkException e) {
      throw explain(e, algorithm, target);
    }
  }

  private byte[] wrap(Session session, long wrappingKey, WrapAlgorithm algorithm, long target) {
    Cryptoki.Wrapping wrapping =
        new Cryptoki.Wrapping(
            Wrappings.in(session.memory(), capabilities, algorithm, "wrap"), wrappingKey);
    return session.wrap(wrapping, target, ROOM_BYTES);
  }

  private byte[] wrapInTwoSteps(
      Session session, KeyEntry wrapping, WrapAlgorithm.RsaAes algorithm, KeyEntry target) {
    WrapAlgorithm.RsaOaep oaep = new WrapAlgorithm.RsaOaep(algorithm.digest());
    long ephemeral = temporaryKey(session, true, Set.of(KeyUsage.WRAP));
    try {
      byte[] head = wrapEphemeral(session, wrapping, oaep, ephemeral);
      byte[] tail = wrapDirectly(session, ephemeral, new WrapAlgorithm.AesKwp(), target);
      byte[] both = Arrays.copyOf(head, head.length + tail.length);
      System.arraycopy(tail, 0, both, head.length, tail.length);
      return both;
    } finally {
      session.destroyQuietly(ephemeral);
    }
  }

  private byte[] wrapEphemeral(
      Session session, KeyEntry wrapping, WrapAlgorithm.RsaOaep oaep, long ephemeral) {
    try {
      return wrap(session, wrapping.encrypting(), oaep, ephemeral);
    } catch (CkException e) {
      throw explainParameters(e, oaep);
    }
  }

  /** Generates an AES-256 session key for a moment's use. */
  static long temporaryKey(Session session, boolean extractable, Set<KeyUsage> usages) {
    Template template =
        KeyTemplates.temporary(KeyType.AES_256, extractable, usages)
            .put(Ck.CKA_VALUE_LEN, KeyType.AES_256.bytes());
    return session.generate(NativeMechanism.plain(session.memory(), Ckm.CKM_AES_KEY_GEN), template);
  }

  private static RuntimeException explain(CkException e, WrapAlgorithm algorithm, KeyEntry target) {
    if (e.code() == ReturnCode.CKR_KEY_NOT_WRAPPABLE
        && (target.info().type().family() == KeyType.Family.EDWARDS
            || target.info().type().family() == KeyType.Family.MONTGOMERY)) {
      return new HsmException.UnsupportedMechanism(
          "the device cannot wrap "
              + target.describe()
              + ": it wraps no Edwards or Montgomery keys, so such a key stays in the one token that made it");
    }
    return explainParameters(e, algorithm);
  }

  /** Names the digest where a device has OAEP but not with this one. */
  static RuntimeException explainParameters(CkException e, WrapAlgorithm algorithm) {
    boolean oaep =
        algorithm instanceof WrapAlgorithm.RsaOaep || algorithm instanceof WrapAlgorithm.RsaAes;
    if (!oaep || !e.code().parametersRefused()) {
      return e;
    }
    return new HsmException.UnsupportedMechanism(
        "the device does not take " + algorithm + "; use SHA_1, which it takes if any", e);
  }
}
