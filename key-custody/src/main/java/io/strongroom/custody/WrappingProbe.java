package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.WrapAlgorithm;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * Finds out how a device can unwrap by trying it with a random key that is used for nothing else:
 * mechanism lists name OAEP, and do not say for which hash functions.
 */
final class WrappingProbe {

  /** In the order in which they are recommended. */
  private static final List<WrappingAlgorithm> BY_STRENGTH =
      List.of(
          WrappingAlgorithm.RSA_AES_KEY_WRAP_SHA_256,
          WrappingAlgorithm.RSAES_OAEP_SHA_256,
          WrappingAlgorithm.RSA_AES_KEY_WRAP_SHA_1,
          WrappingAlgorithm.RSAES_OAEP_SHA_1);

  /** What the device did once with a key of that size, it can: a probe makes and destroys a key. */
  private record Proven(WrappingAlgorithm algorithm, int modulusBits) {}

  private final Parts parts;
  private final Set<Proven> proven = ConcurrentHashMap.newKeySet();

  WrappingProbe(Parts parts) {
    this.parts = parts;
  }

  /**
   * Checks that the device opens what is wrapped so under this key.
   *
   * @throws CustodyException.Refused if it does not; the message names an algorithm that it can
   */
  void require(WrappingAlgorithm algorithm, KeyId wrappingKey, RSAPublicKey publicKey) {
    if (opens(algorithm, wrappingKey, publicKey)) {
      return;
    }
    String advice =
        BY_STRENGTH.stream()
            .filter(other -> other != algorithm && opens(other, wrappingKey, publicKey))
            .findFirst()
            .map(other -> "use " + other)
            .orElse("it has no algorithm for import at all");
    throw new CustodyException.Refused(
        Reason.NOT_SUPPORTED,
        "the HSM \"%s\" cannot unwrap %s; %s"
            .formatted(parts.hsm().info().label(), algorithm, advice));
  }

  private boolean opens(WrappingAlgorithm algorithm, KeyId wrappingKey, RSAPublicKey publicKey) {
    Proven fact = new Proven(algorithm, publicKey.getModulus().bitLength());
    if (proven.contains(fact)) {
      return true;
    }
    boolean opened = tryToOpen(algorithm, wrappingKey, publicKey);
    if (opened) {
      proven.add(fact);
    }
    return opened;
  }

  private boolean tryToOpen(
      WrappingAlgorithm algorithm, KeyId wrappingKey, RSAPublicKey publicKey) {
    byte[] wrapped = wrap(algorithm, publicKey, parts.hsm().random(32));
    String label = "custody/probe/" + Uuids.random(parts.hsm());
    try {
      return parts
          .intents()
          .birth(
              label,
              id -> {
                KeySpec spec = KeySpec.of(id, label, KeyType.AES_256);
                parts.hsm().unwrap(wrappingKey, algorithm.onDevice(), wrapped, spec);
                throw new Opened();
              });
    } catch (Opened e) {
      return true;
    } catch (HsmException.UnsupportedMechanism
        | HsmException.BadInput
        | HsmException.AuthenticationFailed e) {
      return false;
    }
  }

  /** Wraps as an owner of material would, with the platform's own cryptography. */
  private static byte[] wrap(WrappingAlgorithm algorithm, RSAPublicKey publicKey, byte[] key) {
    try {
      return switch (algorithm.onDevice()) {
        case WrapAlgorithm.RsaOaep oaep -> oaep(oaep.digest(), publicKey, key);
        case WrapAlgorithm.RsaAes aes -> {
          byte[] ephemeral = Arrays.copyOf(key, key.length);
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          out.writeBytes(oaep(aes.digest(), publicKey, ephemeral));
          Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding");
          kwp.init(Cipher.WRAP_MODE, new SecretKeySpec(ephemeral, "AES"));
          out.writeBytes(kwp.wrap(new SecretKeySpec(key, "AES")));
          yield out.toByteArray();
        }
        case WrapAlgorithm.AesKw kw -> throw new AssertionError(kw);
        case WrapAlgorithm.AesKwp kwp -> throw new AssertionError(kwp);
        case WrapAlgorithm.RsaPkcs1 pkcs1 -> throw new AssertionError(pkcs1);
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform can wrap with RSA-OAEP", e);
    }
  }

  private static byte[] oaep(Digest digest, RSAPublicKey publicKey, byte[] input)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        publicKey,
        new OAEPParameterSpec(
            digest.jcaName(),
            "MGF1",
            new MGF1ParameterSpec(digest.jcaName()),
            PSource.PSpecified.DEFAULT));
    return cipher.doFinal(input);
  }

  /** Says that the probe opened, and has the key destroyed like that of any birth that fails. */
  private static final class Opened extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
