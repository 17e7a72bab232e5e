package io.strongroom.provider.spi;

import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Objects;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.jspecify.annotations.Nullable;

/**
 * RSAES-PKCS1-v1_5 and RSAES-OAEP (RFC 8017 §7). Decrypts with a private key in the HSM; encryption
 * needs the public key only and is the JDK's work. Wraps and unwraps keys inside the HSM.
 */
final class RsaCipher extends BufferedCipher {

  private final String transformation;
  private final @Nullable Digest oaepDigest;
  private HsmPrivateKey.@Nullable Rsa key;
  private @Nullable Cipher software;
  private @Nullable OAEPParameterSpec oaep;
  private final KeyWrapping keys;

  /**
   * A cipher.
   *
   * @param oaepDigest the hash function of OAEP where the caller gives no parameters (MGF1 is then
   *     over SHA-1, as with the JDK's own cipher); null for PKCS #1 v1.5
   */
  RsaCipher(Device device, String transformation, @Nullable Digest oaepDigest) {
    super(device);
    this.transformation = transformation;
    this.oaepDigest = oaepDigest;
    this.keys = new KeyWrapping(device, transformation);
  }

  @Override
  void start(boolean encrypting, @Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    software = null;
    keys.clear();
    oaep = check(parameters);
    if (given instanceof PublicKey publicKey) {
      if (!encrypting) {
        throw new InvalidKeyException(
            transformation + " decrypts with a private key, got a public one");
      }
      software = startSoftware(publicKey);
      return;
    }
    if (encrypting) {
      throw new InvalidKeyException(
          transformation + " encrypts with a public key; to sign, use Signature NONEwithRSA");
    }
    HsmPrivateKey.Rsa ours =
        (HsmPrivateKey.Rsa)
            LogicalKey.in(device, given, KeyType.Family.RSA, KeyUsage.DECRYPT, transformation);
    if (algorithm(oaep) instanceof CipherAlgorithm.RsaOaep wanted) {
      device.trials().requireOaep(device, ours, wanted);
    }
    key = ours;
  }

  @Override
  void startWrapping(
      boolean wrapping, @Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    software = null;
    keys.clear();
    KeyRequest target = device.request(parameters);
    if (wrapping && target != null) {
      throw new InvalidAlgorithmParameterException(
          "an HsmKeySpec describes the key that unwrap makes, got one for wrap; give "
              + (oaepDigest == null ? "none" : "an OAEPParameterSpec or none"));
    }
    oaep = check(target == null ? parameters : target.cipher());
    WrapAlgorithm algorithm = wrapAlgorithm();
    if (wrapping) {
      keys.startWrap(given, algorithm);
    } else {
      keys.startUnwrap(given, algorithm, target);
    }
  }

  // The waist wraps with one hash function for both, as PKCS#11 tools do, and without a label.
  private WrapAlgorithm wrapAlgorithm() throws InvalidAlgorithmParameterException {
    return switch (algorithm(oaep)) {
      case CipherAlgorithm.RsaOaep(Digest digest, Digest mgf, byte[] label)
          when digest == mgf && label.length == 0 ->
          new WrapAlgorithm.RsaOaep(digest);
      case CipherAlgorithm.RsaOaep(Digest digest, Digest mgf, byte[] label) ->
          throw new InvalidAlgorithmParameterException(
              "keys are wrapped by OAEP with one hash function and no label, got "
                  + digest.jcaName()
                  + ", MGF1 with "
                  + mgf.jcaName()
                  + " and a label of "
                  + label.length
                  + " bytes; give an OAEPParameterSpec(\""
                  + digest.jcaName()
                  + "\", \"MGF1\", new MGF1ParameterSpec(\""
                  + digest.jcaName()
                  + "\"), PSource.PSpecified.DEFAULT), to unwrap by HsmKeySpec.withCipher");
      default -> new WrapAlgorithm.RsaPkcs1();
    };
  }

  @Override
  protected byte[] engineWrap(@Nullable Key given) throws InvalidKeyException {
    return keys.wrap(given);
  }

  @Override
  protected Key engineUnwrap(byte @Nullable [] wrapped, @Nullable String name, int kind)
      throws InvalidKeyException, NoSuchAlgorithmException {
    return keys.unwrap(wrapped, name, kind);
  }

  private Cipher startSoftware(PublicKey publicKey)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    try {
      // Our own service takes no public keys, so the JDK finds another provider.
      Cipher cipher = Cipher.getInstance(transformation);
      cipher.init(Cipher.ENCRYPT_MODE, publicKey, oaep);
      return cipher;
    } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException("no other provider encrypts with " + transformation, e);
    }
  }

  private @Nullable OAEPParameterSpec check(@Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (oaepDigest == null) {
      if (parameters != null) {
        throw new InvalidAlgorithmParameterException(transformation + " has no parameters");
      }
      return null;
    }
    if (parameters == null) {
      return new OAEPParameterSpec(
          oaepDigest.jcaName(), "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);
    }
    if (!(parameters instanceof OAEPParameterSpec given)) {
      throw new InvalidAlgorithmParameterException(
          transformation + " wants an OAEPParameterSpec, got " + parameters.getClass().getName());
    }
    algorithm(given);
    return given;
  }

  private static CipherAlgorithm algorithm(@Nullable OAEPParameterSpec oaep)
      throws InvalidAlgorithmParameterException {
    if (oaep == null) {
      return new CipherAlgorithm.RsaPkcs1();
    }
    if (!(oaep.getPSource() instanceof PSource.PSpecified label)) {
      throw new InvalidAlgorithmParameterException(
          "an OAEP label is given as PSource.PSpecified, got " + oaep.getPSource().getAlgorithm());
    }
    return new CipherAlgorithm.RsaOaep(
        Digests.named(oaep.getDigestAlgorithm()),
        Digests.ofMgf1(oaep.getMGFAlgorithm(), oaep.getMGFParameters()),
        label.getValue());
  }

  @Override
  AlgorithmParameterSpec decode(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException {
    return Parameters.decode(parameters, OAEPParameterSpec.class);
  }

  @Override
  void checkReady() {
    if (key == null && software == null) {
      throw new IllegalStateException("the cipher has no key; call init");
    }
  }

  @Override
  byte[] process(byte[] whole) throws IllegalBlockSizeException, BadPaddingException {
    if (software != null) {
      return software.doFinal(whole);
    }
    HsmPrivateKey.Rsa ours = Objects.requireNonNull(key);
    if (whole.length != ours.type().bytes()) {
      throw new IllegalBlockSizeException(
          "a ciphertext of "
              + ours
              + " has "
              + ours.type().bytes()
              + " bytes, got "
              + whole.length);
    }
    try {
      CipherAlgorithm algorithm = algorithm(oaep);
      return JcaExceptions.cipher(
          () -> ours.with(id -> device.hsm().decrypt(id, algorithm, whole)));
    } catch (InvalidAlgorithmParameterException e) {
      throw new AssertionError("checked at init", e);
    }
  }

  @Override
  void finished() {
    // Ready for the next one under the same key.
  }

  @Override
  int leastOutput(int inputBytes) {
    return software == null ? 0 : software.getOutputSize(0);
  }

  @Override
  int mostOutput(int inputBytes) {
    return software != null ? software.getOutputSize(0) : key == null ? 0 : key.type().bytes();
  }

  @Override
  protected int engineGetBlockSize() {
    return 0;
  }

  @Override
  protected byte @Nullable [] engineGetIV() {
    return null;
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return oaep == null ? null : Parameters.encode("OAEP", oaep);
  }
}
