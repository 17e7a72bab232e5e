package io.strongroom.provider.spi;

import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.io.ByteArrayOutputStream;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.KDFParameters;
import javax.crypto.KDFSpi;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/** HKDF (RFC 5869) over a secret in the device; what comes of it is a key in the device. */
final class HkdfDerivation extends KDFSpi {

  private final Device device;
  private final Digest digest;
  private final @Nullable KDFParameters parameters;
  private final KeyRequest request;

  private HkdfDerivation(
      Device device, Digest digest, @Nullable KDFParameters parameters, KeyRequest request)
      throws InvalidAlgorithmParameterException {
    super(parameters);
    this.device = device;
    this.digest = digest;
    this.parameters = parameters;
    this.request = request;
  }

  /** One that makes session keys without names. */
  static HkdfDerivation of(Device device, Digest digest) {
    try {
      return new HkdfDerivation(device, digest, null, KeyRequest.unnamed());
    } catch (InvalidAlgorithmParameterException e) {
      throw new ProviderException("a KDF without parameters was refused", e);
    }
  }

  /** The same for keys that an {@code HsmKeySpec} describes. */
  HkdfDerivation with(@Nullable Object given) throws InvalidAlgorithmParameterException {
    KeyRequest asked =
        given instanceof AlgorithmParameterSpec description ? device.request(description) : null;
    if (asked == null || !(given instanceof KDFParameters described)) {
      throw new InvalidAlgorithmParameterException(
          name()
              + " wants an HsmKeySpec that describes the keys to derive, or nothing, got "
              + (given == null ? "none" : given.getClass().getName()));
    }
    return new HkdfDerivation(device, digest, described, asked);
  }

  private String name() {
    return "HKDF-" + digest.jcaName().replace("-", "");
  }

  @Override
  protected @Nullable KDFParameters engineGetParameters() {
    return parameters;
  }

  @Override
  protected SecretKey engineDeriveKey(
      @Nullable String algorithm, @Nullable AlgorithmParameterSpec given)
      throws InvalidAlgorithmParameterException, NoSuchAlgorithmException {
    DerivedKind kind = DerivedKind.of(algorithm);
    if (!(given instanceof HKDFParameterSpec.ExtractThenExpand both)) {
      throw new InvalidAlgorithmParameterException(
          name()
              + " in the HSM extracts and expands in one (HKDFParameterSpec.ofExtract()…"
              + "thenExpand(…)), got "
              + (given == null ? "none" : given.getClass().getName()));
    }
    int bits = bits(both);
    try {
      LogicalKey secret = secret(both);
      return kind.derive(
          device, secret, new DeriveAlgorithm.Hkdf(digest, salt(both), info(both)), request, bits);
    } catch (InvalidKeyException e) {
      throw new InvalidAlgorithmParameterException(e.getMessage(), e);
    }
  }

  private int bits(HKDFParameterSpec.ExtractThenExpand both)
      throws InvalidAlgorithmParameterException {
    long bits = 8L * both.length();
    Integer asked = request.bits();
    if (asked != null && asked != bits) {
      throw new InvalidAlgorithmParameterException(
          "the HsmKeySpec says " + asked + " bits, the HKDFParameterSpec " + bits);
    }
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, bits));
  }

  private LogicalKey secret(HKDFParameterSpec.ExtractThenExpand both) throws InvalidKeyException {
    if (both.ikms().size() != 1) {
      throw new InvalidKeyException(
          name()
              + " in the HSM derives from one key that is there, got "
              + both.ikms().size()
              + " keys");
    }
    return LogicalKey.in(
        device, both.ikms().getFirst(), KeyType.Family.SECRET, KeyUsage.DERIVE, name());
  }

  private static byte[] info(HKDFParameterSpec.ExtractThenExpand both) {
    byte[] info = both.info();
    return info == null ? new byte[0] : info;
  }

  /** The salt is not secret (RFC 5869 §3.1): it is given in clear. */
  private byte[] salt(HKDFParameterSpec.ExtractThenExpand both) throws InvalidKeyException {
    ByteArrayOutputStream salt = new ByteArrayOutputStream();
    for (SecretKey part : both.salts()) {
      byte[] bytes = part.getEncoded();
      if (bytes == null) {
        throw new InvalidKeyException(
            "the salt of " + name() + " is bytes, not a key in the HSM; it is no secret");
      }
      salt.writeBytes(bytes);
    }
    return salt.toByteArray();
  }

  // So that a KDF that was got without a provider goes on to one that has the keys in software.
  @Override
  protected byte[] engineDeriveData(@Nullable AlgorithmParameterSpec given)
      throws InvalidAlgorithmParameterException {
    throw new InvalidAlgorithmParameterException(
        "what "
            + name()
            + " derives stays in the HSM; call deriveKey(\"AES\", …) or deriveKey(\"GenericSecret\","
            + " …), which give a key that is there");
  }
}
