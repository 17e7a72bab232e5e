package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.CipherAlgorithm.AesCbc;
import io.strongroom.hsm.CipherAlgorithm.AesCtr;
import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.CipherAlgorithm.RsaOaep;
import io.strongroom.hsm.CipherAlgorithm.RsaPkcs1;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encrypts and decrypts. */
final class Ciphers {
  private static final int BLOCK_BYTES = 16;
  private static final int DEVICE_IV_BYTES = 12;
  private static final byte[] NO_IV = new byte[0];

  private final Capabilities capabilities;
  private final OaepLabels oaepLabels;

  Ciphers(Capabilities capabilities) {
    this.capabilities = capabilities;
    this.oaepLabels = new OaepLabels(capabilities);
  }

  Encrypted encrypt(Session session, KeyEntry key, CipherAlgorithm algorithm, byte[] plaintext) {
    Ckm mechanism = requireFits(key, algorithm, "encrypt");
    CipherAlgorithm complete = withIv(session, algorithm);
    CipherSizes.requirePlaintext(key, complete, plaintext.length);
    requireLabel(session, complete);
    MemorySegment parameters = in(session.memory(), complete, mechanism);
    byte[] bytes;
    try {
      bytes = session.encrypt(parameters, key.encrypting(), plaintext, roomBytes(key, plaintext));
    } catch (CkException e) {
      throw explainParameters(e, algorithm);
    }
    byte[] iv = iv(complete);
    return new Encrypted(iv == null ? NO_IV : iv, bytes);
  }

  byte[] decrypt(Session session, KeyEntry key, CipherAlgorithm algorithm, byte[] ciphertext) {
    Ckm mechanism = requireFits(key, algorithm, "decrypt");
    CipherSizes.requireCiphertext(key, algorithm, ciphertext.length);
    RsaCiphertext.requireOf(key, ciphertext);
    requireLabel(session, algorithm);
    MemorySegment parameters = in(session.memory(), algorithm, mechanism);
    try {
      return session.decrypt(parameters, key.kept(), ciphertext, roomBytes(key, ciphertext));
    } catch (CkException e) {
      throw explain(session, key, explainParameters(e, algorithm));
    }
  }

  private void requireLabel(Session session, CipherAlgorithm algorithm) {
    if (algorithm instanceof RsaOaep oaep
        && oaep.label().length > 0
        && !oaepLabels.areHeeded(session, oaep)) {
      throw refusal(oaep, null);
    }
  }

  // SoftHSM2 has OAEP with SHA-1 only, and says so by refusing the parameters.
  private static RuntimeException explainParameters(CkException e, CipherAlgorithm algorithm) {
    boolean init = e.function().equals("C_EncryptInit") || e.function().equals("C_DecryptInit");
    return algorithm instanceof RsaOaep oaep && init && e.code().parametersRefused()
        ? refusal(oaep, e)
        : e;
  }

  private static HsmException refusal(RsaOaep oaep, @Nullable CkException cause) {
    return new HsmException.UnsupportedMechanism(
        "the device does not take OAEP with "
            + oaep.digest()
            + ", MGF1 with "
            + oaep.mgf()
            + (oaep.label().length == 0 ? "" : " and a label")
            + "; use SHA_1 for both and no label, which it takes if any",
        cause);
  }

  private RuntimeException explain(Session session, KeyEntry key, RuntimeException failure) {
    if (!(failure instanceof CkException e) || !e.function().equals("C_Decrypt")) {
      return failure;
    }
    boolean aes = key.info().type().family() == KeyType.Family.AES;
    boolean invalid =
        e.code() == ReturnCode.CKR_ENCRYPTED_DATA_LEN_RANGE
            || e.code() == ReturnCode.CKR_DATA_INVALID
            || e.code() == ReturnCode.CKR_DATA_LEN_RANGE;
    boolean confirmed =
        e.code().ambiguous()
            && (aes
                ? Health.canDecrypt(session, key.kept(), capabilities)
                : Health.isGood(session));
    if (confirmed) {
      return CkException.suspected(e.function(), ReturnCode.CKR_ENCRYPTED_DATA_INVALID);
    }
    return invalid ? new CkException(e.function(), ReturnCode.CKR_ENCRYPTED_DATA_INVALID) : e;
  }

  // A tag, a block of padding, or an RSA block more than the input.
  private static int roomBytes(KeyEntry key, byte[] input) {
    return input.length + 2 * BLOCK_BYTES + (key.info().type().isSecret() ? 0 : rsaBytes(key));
  }

  private static int rsaBytes(KeyEntry key) {
    return key.info().type().bytes();
  }

  private Ckm requireFits(KeyEntry key, CipherAlgorithm algorithm, String function) {
    KeyType.Family wanted =
        switch (algorithm) {
          case AesGcm _, AesCbc _, AesCtr _, AesEcb _ -> KeyType.Family.AES;
          case RsaPkcs1 _, RsaOaep _ -> KeyType.Family.RSA;
        };
    if (key.info().type().family() != wanted) {
      throw new HsmException.BadInput(
          key.describe()
              + " cannot "
              + function
              + " by "
              + algorithm.getClass().getSimpleName()
              + ", which needs a key of kind "
              + wanted);
    }
    Ckm mechanism = mechanism(algorithm);
    capabilities.require(mechanism, function);
    return mechanism;
  }

  private static Ckm mechanism(CipherAlgorithm algorithm) {
    return switch (algorithm) {
      case AesGcm _ -> Ckm.CKM_AES_GCM;
      case AesCbc cbc -> cbc.padding() ? Ckm.CKM_AES_CBC_PAD : Ckm.CKM_AES_CBC;
      case AesCtr _ -> Ckm.CKM_AES_CTR;
      case AesEcb _ -> Ckm.CKM_AES_ECB;
      case RsaPkcs1 _ -> Ckm.CKM_RSA_PKCS;
      case RsaOaep _ -> Ckm.CKM_RSA_PKCS_OAEP;
    };
  }

  private static MemorySegment in(Scratch memory, CipherAlgorithm algorithm, Ckm mechanism) {
    return switch (algorithm) {
      case AesGcm(byte[] iv, byte[] aad, int tagBits) ->
          NativeMechanism.gcm(memory, iv == null ? NO_IV : iv, aad, tagBits);
      case AesCbc(byte[] iv, boolean _) ->
          NativeMechanism.iv(memory, mechanism, iv == null ? NO_IV : iv);
      case AesCtr(byte[] iv) -> NativeMechanism.ctr(memory, iv == null ? NO_IV : iv);
      case AesEcb _, RsaPkcs1 _ -> NativeMechanism.plain(memory, mechanism);
      case RsaOaep(var digest, var mgf, byte[] label) ->
          NativeMechanism.oaep(memory, digest, mgf, label);
    };
  }

  private static CipherAlgorithm withIv(Session session, CipherAlgorithm algorithm) {
    if (iv(algorithm) != null) {
      return algorithm;
    }
    return switch (algorithm) {
      case AesGcm gcm -> new AesGcm(session.random(DEVICE_IV_BYTES), gcm.aad(), gcm.tagBits());
      case AesCbc cbc -> new AesCbc(session.random(BLOCK_BYTES), cbc.padding());
      case AesCtr _ -> new AesCtr(session.random(BLOCK_BYTES));
      case AesEcb _, RsaPkcs1 _, RsaOaep _ -> algorithm;
    };
  }

  private static byte @Nullable [] iv(CipherAlgorithm algorithm) {
    return switch (algorithm) {
      case AesGcm gcm -> gcm.iv();
      case AesCbc cbc -> cbc.iv();
      case AesCtr ctr -> ctr.iv();
      case AesEcb _, RsaPkcs1 _, RsaOaep _ -> NO_IV;
    };
  }
}
