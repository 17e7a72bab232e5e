package io.strongroom.hsm;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EllipticCurve;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.List;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/** Validates the public keys of others, before a device works with them. */
final class PeerKeys {
  // The JDK's own provider by name: the first in the list may be the one that stands on an Hsm.
  private static final String PROVIDER = "SunEC";
  private static final List<KeyType> NIST =
      List.of(KeyType.EC_P256, KeyType.EC_P384, KeyType.EC_P521);

  private PeerKeys() {}

  /** A copy of the key, of the JDK's own class, if it is a valid one. */
  static PublicKey checked(@Nullable PublicKey key) {
    try {
      return switch (key) {
        case ECPublicKey ec -> onNistCurve(ec.getParams(), ec.getW());
        case XECPublicKey xec -> onMontgomeryCurve(xec.getParams(), xec.getU());
        case null, default ->
            throw new HsmException.BadInput(
                "a peer's public key is an ECPublicKey or an XECPublicKey, got "
                    + (key == null ? "none" : key.getClass().getName()));
      };
    } catch (GeneralSecurityException e) {
      throw new HsmException.BadInput("the peer's public key is none: " + e.getMessage(), e);
    }
  }

  /** The type of a key that {@link #checked} gave. */
  static KeyType type(PublicKey checked) {
    return switch (checked) {
      case XECPublicKey xec -> montgomeryType(xec.getParams());
      case ECPublicKey ec ->
          new KeyType(KeyType.Family.EC, ec.getParams().getCurve().getField().getFieldSize());
      default -> throw new IllegalStateException("not a checked key: " + checked.getClass());
    };
  }

  private static PublicKey onNistCurve(@Nullable ECParameterSpec given, @Nullable ECPoint point)
      throws GeneralSecurityException {
    ECParameterSpec curve = nistCurve(given);
    if (point == null || point.equals(ECPoint.POINT_INFINITY) || !isOn(curve.getCurve(), point)) {
      throw new HsmException.BadInput(
          "the peer's public key is no point of its curve; it was made up or damaged: refuse the"
              + " peer");
    }
    return KeyFactory.getInstance("EC", PROVIDER).generatePublic(new ECPublicKeySpec(point, curve));
  }

  private static ECParameterSpec nistCurve(@Nullable ECParameterSpec given)
      throws GeneralSecurityException {
    for (KeyType type : NIST) {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC", PROVIDER);
      parameters.init(new ECGenParameterSpec("secp" + type.bits() + "r1"));
      ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
      if (given != null
          && curve.getCurve().equals(given.getCurve())
          && curve.getGenerator().equals(given.getGenerator())
          && curve.getOrder().equals(given.getOrder())
          && curve.getCofactor() == given.getCofactor()) {
        return curve;
      }
    }
    throw new HsmException.BadInput(
        "the peer's public key is on a curve that is none of P-256, P-384, P-521; have the peer"
            + " use the curve of your key");
  }

  // The curves' cofactor is 1, so that every point but infinity is of the right order.
  private static boolean isOn(EllipticCurve curve, ECPoint point) {
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    if (!isElement(x, p) || !isElement(y, p)) {
      return false;
    }
    BigInteger right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
    return y.pow(2).mod(p).equals(right);
  }

  private static boolean isElement(BigInteger number, BigInteger p) {
    return number.signum() >= 0 && number.compareTo(p) < 0;
  }

  /**
   * With a point of small order the secret would be zero whatever the private key is (RFC 7748 §6),
   * since each of those is a multiple of the cofactor; so any private key finds such a point out.
   */
  private static PublicKey onMontgomeryCurve(
      @Nullable AlgorithmParameterSpec parameters, @Nullable BigInteger u)
      throws GeneralSecurityException {
    KeyType type = montgomeryType(parameters);
    NamedParameterSpec curve =
        type.equals(KeyType.X25519) ? NamedParameterSpec.X25519 : NamedParameterSpec.X448;
    if (u == null || u.signum() < 0 || u.bitLength() > 8 * type.bytes()) {
      throw new HsmException.BadInput(
          "the peer's public key for " + curve.getName() + " has " + type.bytes() + " bytes");
    }
    KeyFactory factory = KeyFactory.getInstance("XDH", PROVIDER);
    // RFC 7748 §5: numbers that are not reduced are taken as if they were.
    BigInteger reduced = u.mod(prime(type));
    PublicKey key = factory.generatePublic(new XECPublicKeySpec(curve, reduced));
    KeyAgreement trial = KeyAgreement.getInstance("XDH", PROVIDER);
    trial.init(factory.generatePrivate(new XECPrivateKeySpec(curve, new byte[type.bytes()])));
    try {
      trial.doPhase(key, true);
      trial.generateSecret();
      return key;
    } catch (InvalidKeyException | IllegalStateException e) {
      throw new HsmException.BadInput(
          "the peer's public key is a point of small order, with which the secret would be zero;"
              + " refuse the peer",
          e);
    }
  }

  private static KeyType montgomeryType(@Nullable AlgorithmParameterSpec parameters) {
    String name = parameters instanceof NamedParameterSpec named ? named.getName() : "";
    return switch (name) {
      case "X25519" -> KeyType.X25519;
      case "X448" -> KeyType.X448;
      default ->
          throw new HsmException.BadInput(
              "the peer's public key is on a curve that is neither X25519 nor X448");
    };
  }

  private static BigInteger prime(KeyType type) {
    BigInteger one = BigInteger.ONE;
    return type.equals(KeyType.X25519)
        ? one.shiftLeft(255).subtract(BigInteger.valueOf(19))
        : one.shiftLeft(448).subtract(one.shiftLeft(224)).subtract(one);
  }
}
