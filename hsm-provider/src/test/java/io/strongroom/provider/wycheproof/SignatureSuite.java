package io.strongroom.provider.wycheproof;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.pkcs11.DeviceExtension;
import io.strongroom.hsm.pkcs11.PublicObjects;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Verifies signatures with the vectors' public keys, by the provider and in the token. */
abstract class SignatureSuite extends VectorSuite {
  private @Nullable PublicObjects publicKeys;

  @BeforeAll
  void openPublicKeys(DeviceExtension.Url url) {
    publicKeys = new PublicObjects(url.text());
  }

  @AfterAll
  void closePublicKeys() {
    if (publicKeys != null) {
      publicKeys.close();
    }
  }

  /** {@code SHA256} for a group whose hash function is {@code SHA-256}. */
  static String hash(Vector vector) {
    return vector.groupText("sha").replace("-", "");
  }

  /** Verifies with the provider. */
  final Verdict verify(
      Vector vector, String algorithm, PublicKey key, @Nullable AlgorithmParameterSpec parameters)
      throws Exception {
    Signature signature = Signature.getInstance(algorithm, token().provider);
    if (parameters != null) {
      signature.setParameter(parameters);
    }
    signature.initVerify(key);
    signature.update(vector.bytes("msg"));
    try {
      return Verdict.of(signature.verify(vector.bytes("sig")));
    } catch (SignatureException e) {
      return Verdict.REFUSED;
    }
  }

  /**
   * Verifies in the token.
   *
   * @param input what the algorithm signs: a digest, mostly
   */
  final Verdict verifyInToken(
      Vector vector, SignatureAlgorithm algorithm, PublicKey key, byte[] input) {
    KeyId id = inToken(key);
    try {
      return Verdict.of(token().hsm.verify(id, algorithm, input, vector.bytes("sig")));
    } catch (HsmException.UnsupportedMechanism e) {
      return new Verdict.NotApplicable(reason(algorithm));
    }
  }

  private static String reason(SignatureAlgorithm algorithm) {
    return algorithm instanceof SignatureAlgorithm.RsaPss
        ? "SoftHSM2 has PSS with one hash function for message and mask only"
        : "SoftHSM2 lacks it";
  }

  private KeyId inToken(PublicKey key) {
    String name = HexFormat.of().formatHex(key.getEncoded());
    KeyId held = token().held(name);
    if (held != null) {
      return held;
    }
    KeySpec spec = token().spec("", type(key), KeyUsage.VERIFY);
    java.util.Objects.requireNonNull(publicKeys).create(spec, key);
    return token().hold(name, spec.id());
  }

  private static KeyType type(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> VectorToken.rsaType(rsa.getModulus().bitLength());
      case ECKey ec ->
          new KeyType(KeyType.Family.EC, ec.getParams().getCurve().getField().getFieldSize());
      case EdECPublicKey ed ->
          ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName())
              ? KeyType.ED25519
              : KeyType.ED448;
      default -> throw new AssertionError("no vectors for " + key.getAlgorithm());
    };
  }
}
