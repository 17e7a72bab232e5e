package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm.Ecdsa;
import io.strongroom.hsm.SignatureAlgorithm.EdDsa;
import io.strongroom.hsm.SignatureAlgorithm.RsaPkcs1;
import io.strongroom.hsm.SignatureAlgorithm.RsaPss;
import java.lang.foreign.MemorySegment;

/** Signs, verifies and computes MACs. */
final class Signers {
  private static final int PKCS1_OVERHEAD_BYTES = 11;

  // An RSA signature of 16,384 bits is the longest.
  private static final int ROOM_BYTES = 2048;

  private final Capabilities capabilities;

  Signers(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  byte[] sign(Session session, KeyEntry key, SignatureAlgorithm algorithm, byte[] input) {
    requireFits(key, algorithm, "sign");
    requireInput(key, algorithm, input);
    try {
      return session.sign(in(session.memory(), algorithm), key.kept(), input, ROOM_BYTES);
    } catch (CkException e) {
      throw explain(e, algorithm);
    }
  }

  boolean verify(
      Session session, KeyEntry key, SignatureAlgorithm algorithm, byte[] input, byte[] signature) {
    requireFits(key, algorithm, "verify");
    requireInput(key, algorithm, input);
    if (algorithm instanceof Ecdsa && !isTwoHalves(key, signature)) {
      return false;
    }
    try {
      return session.verify(in(session.memory(), algorithm), key.shown(), input, signature);
    } catch (CkException e) {
      throw explain(e, algorithm);
    }
  }

  // r and s, each as long as the order (PKCS#11 v2.40 §2.3.1). NSS also takes shorter ones, which
  // makes one signature many, and for others answers CKR_DATA_LEN_RANGE, as if it were the digest.
  private static boolean isTwoHalves(KeyEntry key, byte[] signature) {
    return signature.length == 2 * key.info().type().bytes();
  }

  byte[] mac(Session session, KeyEntry key, MacAlgorithm algorithm, byte[] message) {
    KeyType.Family wanted =
        switch (algorithm) {
          case MacAlgorithm.Hmac _ -> KeyType.Family.SECRET;
          case MacAlgorithm.AesCmac _ -> KeyType.Family.AES;
        };
    Ckm mechanism =
        switch (algorithm) {
          case MacAlgorithm.Hmac hmac -> NativeMechanism.hmac(hmac.digest());
          case MacAlgorithm.AesCmac _ -> Ckm.CKM_AES_CMAC;
        };
    requireFamily(key, wanted, algorithm.getClass());
    capabilities.require(mechanism, "sign");
    return session.sign(
        NativeMechanism.plain(session.memory(), mechanism), key.kept(), message, ROOM_BYTES);
  }

  private void requireFits(KeyEntry key, SignatureAlgorithm algorithm, String function) {
    KeyType.Family wanted =
        switch (algorithm) {
          case RsaPkcs1 _, RsaPss _ -> KeyType.Family.RSA;
          case Ecdsa _ -> KeyType.Family.EC;
          case EdDsa _ -> KeyType.Family.EDWARDS;
        };
    requireFamily(key, wanted, algorithm.getClass());
    capabilities.require(mechanism(algorithm), function);
  }

  private static void requireFamily(KeyEntry key, KeyType.Family wanted, Class<?> algorithm) {
    if (key.info().type().family() != wanted) {
      throw new HsmException.BadInput(
          key.describe()
              + " cannot be used for "
              + algorithm.getSimpleName()
              + ", which needs a key of kind "
              + wanted);
    }
  }

  private static void requireInput(KeyEntry key, SignatureAlgorithm algorithm, byte[] input) {
    switch (algorithm) {
      case RsaPkcs1 _ -> {
        int mostBytes = key.info().type().bytes() - PKCS1_OVERHEAD_BYTES;
        requireLength(input.length <= mostBytes, key, "at most " + mostBytes, input);
      }
      case RsaPss(Digest digest, Digest _, int _) ->
          requireLength(
              input.length == digest.bytes(),
              key,
              "the " + digest.bytes() + " of a " + digest,
              input);
      case Ecdsa _ ->
          requireLength(input.length > 0 && input.length <= 64, key, "a digest of 1 to 64", input);
      case EdDsa _ -> {}
    }
  }

  private static void requireLength(boolean fits, KeyEntry key, String wanted, byte[] input) {
    if (!fits) {
      throw new HsmException.BadInput(
          key.describe() + " signs " + wanted + " bytes so, not " + input.length);
    }
  }

  private static Ckm mechanism(SignatureAlgorithm algorithm) {
    return switch (algorithm) {
      case RsaPkcs1 _ -> Ckm.CKM_RSA_PKCS;
      case RsaPss _ -> Ckm.CKM_RSA_PKCS_PSS;
      case Ecdsa _ -> Ckm.CKM_ECDSA;
      case EdDsa _ -> Ckm.CKM_EDDSA;
    };
  }

  private static MemorySegment in(Scratch memory, SignatureAlgorithm algorithm) {
    return switch (algorithm) {
      case RsaPss(Digest digest, Digest mgf, int saltBytes) ->
          NativeMechanism.pss(memory, digest, mgf, saltBytes);
      case RsaPkcs1 _, Ecdsa _, EdDsa _ -> NativeMechanism.plain(memory, mechanism(algorithm));
    };
  }

  private static RuntimeException explain(CkException e, SignatureAlgorithm algorithm) {
    return algorithm instanceof RsaPss && e.code().parametersRefused()
        ? new HsmException.UnsupportedMechanism(
            "the device does not take " + algorithm + "; use another digest or salt length", e)
        : e;
  }
}
