package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyInfo;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.interfaces.XECKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A private key in the HSM. It shows the public parameters of its family, which TLS and certificate
 * code ask a private key for, and nothing else.
 */
abstract sealed class HsmPrivateKey extends LogicalKey implements PrivateKey {

  private static final long serialVersionUID = 1L;

  private HsmPrivateKey(Device device, KeyInfo info, String algorithm) {
    super(device, info, algorithm);
  }

  /** The public half, a key of the JDK. */
  final PublicKey publicKey() {
    return publicHalf(info(), PublicKey.class);
  }

  private static <T extends PublicKey> T publicHalf(KeyInfo info, Class<T> type) {
    PublicKey key = info.publicKey();
    if (!type.isInstance(key)) {
      throw new ProviderException(
          "key pair \""
              + info.label()
              + "\" has no public half in the HSM; wanted an "
              + type.getSimpleName()
              + ": import the public key under the same id");
    }
    return type.cast(key);
  }

  /** RSA. */
  static final class Rsa extends HsmPrivateKey implements RSAKey {

    private static final long serialVersionUID = 1L;

    private final BigInteger modulus;

    Rsa(Device device, KeyInfo info) {
      super(device, info, "RSA");
      this.modulus = publicHalf(info, RSAPublicKey.class).getModulus();
    }

    @Override
    public BigInteger getModulus() {
      return modulus;
    }

    @Override
    public @Nullable AlgorithmParameterSpec getParams() {
      return null;
    }
  }

  /** The NIST curves. */
  static final class Ec extends HsmPrivateKey implements ECKey {

    private static final long serialVersionUID = 1L;

    private final transient ECParameterSpec parameters;

    Ec(Device device, KeyInfo info) {
      super(device, info, "EC");
      this.parameters = publicHalf(info, ECPublicKey.class).getParams();
    }

    @Override
    public ECParameterSpec getParams() {
      return parameters;
    }
  }

  /**
   * Ed25519 and Ed448. An {@code EdECPrivateKey}, since the JDK's PKCS#7 signer, and so jarsigner,
   * asks only those for their curve.
   */
  static final class Edwards extends HsmPrivateKey implements EdECPrivateKey {

    private static final long serialVersionUID = 1L;

    private final transient NamedParameterSpec parameters;

    Edwards(Device device, KeyInfo info) {
      super(device, info, "EdDSA");
      this.parameters = publicHalf(info, EdECPublicKey.class).getParams();
    }

    @Override
    public NamedParameterSpec getParams() {
      return parameters;
    }

    /** Empty: the value is in the HSM. */
    @Override
    public Optional<byte[]> getBytes() {
      return Optional.empty();
    }
  }

  /** X25519 and X448. */
  static final class Montgomery extends HsmPrivateKey implements XECKey {

    private static final long serialVersionUID = 1L;

    private final transient AlgorithmParameterSpec parameters;

    Montgomery(Device device, KeyInfo info) {
      super(device, info, "XDH");
      this.parameters = publicHalf(info, XECPublicKey.class).getParams();
    }

    @Override
    public AlgorithmParameterSpec getParams() {
      return parameters;
    }
  }
}
