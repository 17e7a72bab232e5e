package io.strongroom.provider.spi;

import io.strongroom.hsm.CipherAlgorithm.RsaOaep;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.SignatureAlgorithm.RsaPss;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Finds out whether a device takes the parameters of OAEP and PSS, since a list of mechanisms does
 * not say with which hash functions. One operation with the caller's own key tells, the first time;
 * its result is thrown away. For one provider; safe for use by many threads.
 */
final class Trials {

  private static final byte[] NO_LABEL = {};
  private static final byte[] TEXT = {1};

  private final Map<Object, Boolean> taken = new ConcurrentHashMap<>();

  private record Oaep(Digest digest, Digest mgf, boolean labelled) {}

  /** One operation of the device: whether it gave what it should. */
  private interface Trial {
    boolean succeeds() throws InvalidKeyException;
  }

  /**
   * Checks that the device decrypts so.
   *
   * @throws InvalidAlgorithmParameterException if it does not; the message names what it takes
   */
  void requireOaep(Device device, HsmPrivateKey.Rsa key, RsaOaep wanted)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (!decrypts(device, key, wanted)) {
      throw new InvalidAlgorithmParameterException(
          device
              + " does not take OAEP with "
              + wanted.digest().jcaName()
              + ", MGF1 with "
              + wanted.mgf().jcaName()
              + (wanted.label().length == 0 ? "" : " and a label")
              + "; it takes one hash function for both of "
              + digests(digest -> decrypts(device, key, new RsaOaep(digest, digest, NO_LABEL)))
              + " without a label: have the data encrypted so, and give an OAEPParameterSpec that"
              + " says it");
    }
  }

  private boolean decrypts(Device device, HsmPrivateKey.Rsa key, RsaOaep algorithm)
      throws InvalidKeyException {
    Object kind = new Oaep(algorithm.digest(), algorithm.mgf(), algorithm.label().length > 0);
    return known(
        kind,
        () -> {
          byte[] ciphertext = encrypt(key, algorithm);
          return JcaExceptions.takes(
              () -> Arrays.equals(TEXT, device.hsm().decrypt(key.id(), algorithm, ciphertext)));
        });
  }

  private static byte[] encrypt(HsmPrivateKey.Rsa key, RsaOaep algorithm)
      throws InvalidKeyException {
    try {
      // By name: the first provider in the list may be this one.
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          key.publicKey(),
          new OAEPParameterSpec(
              algorithm.digest().jcaName(),
              "MGF1",
              new MGF1ParameterSpec(algorithm.mgf().jcaName()),
              new PSource.PSpecified(algorithm.label())));
      return cipher.doFinal(TEXT);
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException(
          key
              + " cannot be used for OAEP with "
              + algorithm.digest().jcaName()
              + "; use a longer"
              + " key or a shorter hash function",
          e);
    }
  }

  /**
   * Checks that the device signs so.
   *
   * @throws InvalidAlgorithmParameterException if it does not; the message names what it takes
   */
  void requirePss(Device device, LogicalKey key, RsaPss wanted)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (!signs(device, key, wanted)) {
      throw new InvalidAlgorithmParameterException(
          device
              + " does not take PSS with "
              + wanted.digest().jcaName()
              + ", MGF1 with "
              + wanted.mgf().jcaName()
              + " and a salt of "
              + wanted.saltBytes()
              + " bytes; with a salt as long as the digest it takes one hash function for both of "
              + digests(digest -> signs(device, key, new RsaPss(digest, digest, digest.bytes()))));
    }
  }

  private boolean signs(Device device, LogicalKey key, RsaPss algorithm)
      throws InvalidKeyException {
    byte[] digest = new byte[algorithm.digest().bytes()];
    return known(
        algorithm,
        () -> JcaExceptions.takes(() -> device.hsm().sign(key.id(), algorithm, digest).length > 0));
  }

  private boolean known(Object kind, Trial trial) throws InvalidKeyException {
    Boolean before = taken.get(kind);
    if (before == null) {
      before = trial.succeeds();
      taken.put(kind, before);
    }
    return before;
  }

  /** Whether the device takes a hash function. */
  private interface Taken {
    boolean test(Digest digest) throws InvalidKeyException;
  }

  private static List<String> digests(Taken test) {
    return Stream.of(Digest.values())
        .filter(digest -> {
          try {
            return test.test(digest);
          } catch (InvalidKeyException e) {
            // Too long for this key.
            return false;
          }
        })
        .map(Digest::jcaName)
        .toList();
  }
}
