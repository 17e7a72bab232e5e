package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.WrapAlgorithm;
import java.lang.foreign.MemorySegment;

/** Wrap algorithms as mechanisms of the device. */
final class Wrappings {
  private static final byte[] NO_LABEL = new byte[0];

  private Wrappings() {}

  /**
   * The algorithm as a {@code CK_MECHANISM} of a device.
   *
   * @param function {@code wrap} or {@code unwrap}
   * @throws HsmException.UnsupportedMechanism if the device lacks it
   */
  static MemorySegment in(
      Scratch memory, Capabilities capabilities, WrapAlgorithm algorithm, String function) {
    Ckm mechanism = mechanism(capabilities, algorithm, function);
    capabilities.require(mechanism, function);
    return switch (algorithm) {
      case WrapAlgorithm.RsaOaep(Digest digest) ->
          NativeMechanism.oaep(memory, digest, digest, NO_LABEL);
      case WrapAlgorithm.RsaAes(Digest digest) -> NativeMechanism.rsaAes(memory, digest);
      case WrapAlgorithm.AesKw _, WrapAlgorithm.AesKwp _, WrapAlgorithm.RsaPkcs1 _ ->
          NativeMechanism.plain(memory, mechanism);
    };
  }

  private static Ckm mechanism(
      Capabilities capabilities, WrapAlgorithm algorithm, String function) {
    return switch (algorithm) {
      case WrapAlgorithm.AesKw _ -> Ckm.CKM_AES_KEY_WRAP;
      case WrapAlgorithm.AesKwp _ -> capabilities.kwp(function);
      case WrapAlgorithm.RsaPkcs1 _ -> Ckm.CKM_RSA_PKCS;
      case WrapAlgorithm.RsaOaep _ -> Ckm.CKM_RSA_PKCS_OAEP;
      case WrapAlgorithm.RsaAes _ -> Ckm.CKM_RSA_AES_KEY_WRAP;
    };
  }

  /**
   * Checks that a key is of the algorithm's kind.
   *
   * @throws HsmException.BadInput otherwise
   */
  static void requireFits(KeyEntry key, WrapAlgorithm algorithm) {
    KeyType.Family wanted =
        switch (algorithm) {
          case WrapAlgorithm.AesKw _, WrapAlgorithm.AesKwp _ -> KeyType.Family.AES;
          case WrapAlgorithm.RsaPkcs1 _, WrapAlgorithm.RsaOaep _, WrapAlgorithm.RsaAes _ ->
              KeyType.Family.RSA;
        };
    if (key.info().type().family() != wanted) {
      throw new HsmException.BadInput(
          key.describe()
              + " cannot be used for "
              + algorithm.getClass().getSimpleName()
              + ", which needs a key of kind "
              + wanted);
    }
  }
}
