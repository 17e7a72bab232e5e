package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.KeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Public keys between the JDK's classes and PKCS#11 attributes. */
final class PublicKeys {
  // AlgorithmIdentifier of id-ecPublicKey (RFC 5480 §2.1.1), without the curve.
  private static final byte[] EC_PUBLIC_KEY = Der.hex("06072a8648ce3d0201");

  private PublicKeys() {}

  /** The key that these attributes of a public or private key object tell; null if they do not. */
  static @Nullable PublicKey of(Attributes attributes) {
    byte[] modulus = attributes.bytes(Ck.CKA_MODULUS);
    byte[] exponent = attributes.bytes(Ck.CKA_PUBLIC_EXPONENT);
    if (modulus != null && exponent != null && modulus.length > 0 && exponent.length > 0) {
      return generate(
          "RSA",
          "SunRsaSign",
          new RSAPublicKeySpec(new BigInteger(1, modulus), new BigInteger(1, exponent)));
    }
    byte[] parameters = attributes.bytes(Ck.CKA_EC_PARAMS);
    byte[] point = attributes.bytes(Ck.CKA_EC_POINT);
    Curve curve = parameters == null ? null : Curve.ofParameters(parameters);
    return curve == null || point == null || point.length == 0
        ? null
        : onCurve(curve, Der.contentsOrAll(Der.OCTET_STRING, point));
  }

  private static @Nullable PublicKey onCurve(Curve curve, byte[] point) {
    return switch (curve) {
      case P_256, P_384, P_521 ->
          generate("EC", "SunEC", encoded(concatenate(EC_PUBLIC_KEY, curve.oid()), point));
      case ED25519, ED448 -> generate("EdDSA", "SunEC", encoded(curve.oid(), point));
      case X25519, X448 -> generate("XDH", "SunEC", encoded(curve.oid(), point));
    };
  }

  private static X509EncodedKeySpec encoded(byte[] algorithm, byte[] key) {
    return new X509EncodedKeySpec(Der.publicKeyInfo(algorithm, key));
  }

  // The JDK's own provider by name: the first in the list may be the one that stands on this Hsm.
  // Null for one that is none: other tools' objects may hold anything, and are listed with ours.
  private static @Nullable PublicKey generate(String algorithm, String provider, KeySpec spec) {
    try {
      return KeyFactory.getInstance(algorithm, provider).generatePublic(spec);
    } catch (GeneralSecurityException _) {
      return null;
    }
  }

  /**
   * The attributes that make up a public key.
   *
   * @throws HsmException.BadInput for a kind of key that cannot be stored
   */
  static Template template(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa ->
          new Template()
              .put(Ck.CKA_KEY_TYPE, Ck.CKK_RSA)
              .put(Ck.CKA_MODULUS, unsigned(rsa.getModulus()))
              .put(Ck.CKA_PUBLIC_EXPONENT, unsigned(rsa.getPublicExponent()));
      case ECPublicKey ec -> curveTemplate(Ck.CKK_EC, ec);
      case EdECPublicKey ed -> curveTemplate(Ck.CKK_EC_EDWARDS, ed);
      default ->
          throw new HsmException.BadInput(
              "a public key of kind " + key.getAlgorithm() + " cannot be stored; RSA and EC can");
    };
  }

  /** {@code CKK_*} of a key; {@link Ck#UNAVAILABLE_INFORMATION} for kinds that are not here. */
  static long keyType(PublicKey key) {
    return switch (key) {
      case RSAPublicKey _ -> Ck.CKK_RSA;
      case ECPublicKey _ -> Ck.CKK_EC;
      case EdECPublicKey _ -> Ck.CKK_EC_EDWARDS;
      default -> Ck.UNAVAILABLE_INFORMATION;
    };
  }

  private static Template curveTemplate(long keyType, PublicKey key) {
    Curve curve = curve(key);
    return new Template()
        .put(Ck.CKA_KEY_TYPE, keyType)
        .put(Ck.CKA_EC_PARAMS, curve.oid())
        .put(Ck.CKA_EC_POINT, Der.tlv(Der.OCTET_STRING, point(key)));
  }

  /**
   * The point of a public key on a curve, in the encoding of its kind.
   *
   * @throws HsmException.BadInput if the curve is not in the table
   */
  static byte[] point(PublicKey key) {
    byte[] info = key.getEncoded();
    return Arrays.copyOfRange(info, info.length - pointBytes(curve(key)), info.length);
  }

  private static Curve curve(PublicKey key) {
    byte[] info = key.getEncoded();
    return Arrays.stream(Curve.values())
        .filter(c -> info.length > 40 && contains(info, c.oid()))
        .findFirst()
        .orElseThrow(() ->
            new HsmException.BadInput(
                "the public key's curve is none of P-256, P-384, P-521, Ed25519, Ed448"));
  }

  // An uncompressed point (SEC 1 §2.3.3), or as in RFC 8032 and RFC 7748; it ends the encoded key.
  private static int pointBytes(Curve curve) {
    return switch (curve) {
      case P_256, P_384, P_521 -> 1 + 2 * curve.type().bytes();
      case ED25519 -> 32;
      case ED448 -> 57;
      case X25519, X448 -> curve.type().bytes();
    };
  }

  // The object identifier stands in the AlgorithmIdentifier, within the first 32 bytes.
  private static boolean contains(byte[] info, byte[] oid) {
    for (int i = 0; i + oid.length <= 32; i++) {
      if (Arrays.equals(info, i, i + oid.length, oid, 0, oid.length)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static byte[] concatenate(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
