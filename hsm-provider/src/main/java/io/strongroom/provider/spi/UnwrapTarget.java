package io.strongroom.provider.spi;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyType.Family;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.NamedParameterSpec;
import java.util.List;
import java.util.Locale;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * What kind of key is to come out of {@code Cipher.unwrap}, and how long it is. The caller's length
 * counts; without one it is told by the wrapped bytes, never by looking inside.
 *
 * @param algorithm the key's name in the JCA
 * @param family its kind
 * @param usualBits its length where nothing tells; 0 if there is none
 * @param request what the caller said
 */
record UnwrapTarget(String algorithm, Family family, int usualBits, KeyRequest request) {

  private static final int BLOCK_BYTES = 8;
  private static final int UNKNOWN = -1;
  private static final List<String> SECRETS =
      List.of(
          "AES",
          "GenericSecret",
          "HmacSHA1",
          "HmacSHA224",
          "HmacSHA256",
          "HmacSHA384",
          "HmacSHA512");
  private static final List<String> PRIVATES = List.of("RSA", "EC", "EdDSA", "Ed25519", "Ed448");

  /** What {@code Cipher.unwrap} was asked for. */
  static UnwrapTarget of(@Nullable String algorithm, int kind, KeyRequest request)
      throws InvalidKeyException, NoSuchAlgorithmException {
    return switch (kind) {
      case Cipher.SECRET_KEY -> secret(named(algorithm, SECRETS, "secret"), request);
      case Cipher.PRIVATE_KEY -> pair(named(algorithm, PRIVATES, "private"), request);
      default ->
          throw new InvalidKeyException(
              "secret and private keys are unwrapped into the HSM; a public key needs no wrapping:"
                  + " use a KeyFactory");
    };
  }

  private static String named(@Nullable String algorithm, List<String> known, String kind)
      throws NoSuchAlgorithmException {
    String wanted = "Generic".equalsIgnoreCase(algorithm) ? "GenericSecret" : algorithm;
    return known.stream()
        .filter(name -> name.equalsIgnoreCase(wanted))
        .findFirst()
        .orElseThrow(() ->
            new NoSuchAlgorithmException(
                "a " + kind + " key that is unwrapped is one of " + known + ", got " + algorithm));
  }

  private static UnwrapTarget secret(String name, KeyRequest request) {
    if (name.equals("AES")) {
      return new UnwrapTarget(name, Family.AES, KeyType.AES_256.bits(), request);
    }
    for (Digest digest : Digest.values()) {
      if (name.equals("Hmac" + digest.jcaName().replace("-", ""))) {
        return new UnwrapTarget(name, Family.SECRET, 8 * digest.bytes(), request);
      }
    }
    return new UnwrapTarget(name, Family.SECRET, 256, request);
  }

  private static UnwrapTarget pair(String name, KeyRequest request) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "RSA" -> new UnwrapTarget(name, Family.RSA, 0, request);
      case "EC" -> new UnwrapTarget(name, Family.EC, 0, request);
      case "ED448" -> new UnwrapTarget(name, Family.EDWARDS, KeyType.ED448.bits(), request);
      case "ED25519" -> new UnwrapTarget(name, Family.EDWARDS, KeyType.ED25519.bits(), request);
      default -> new UnwrapTarget(name, Family.EDWARDS, 0, request);
    };
  }

  /**
   * How many bytes there are inside, rounded up to 8 (RFC 3394, RFC 5649); negative where that does
   * not show, as with RSA.
   */
  static int payloadBytes(WrapAlgorithm algorithm, KeyInfo unwrapping, byte[] wrapped) {
    return switch (algorithm) {
      case WrapAlgorithm.AesKw _, WrapAlgorithm.AesKwp _ -> wrapped.length - BLOCK_BYTES;
      case WrapAlgorithm.RsaAes _ -> wrapped.length - unwrapping.type().bytes() - BLOCK_BYTES;
      case WrapAlgorithm.RsaPkcs1 _, WrapAlgorithm.RsaOaep _ -> UNKNOWN;
    };
  }

  /** The type of the key. */
  KeyType type(int payloadBytes) throws InvalidKeyException {
    int bits = bits(payloadBytes);
    return JcaExceptions.invalidKey(() -> new KeyType(family, bits));
  }

  private int bits(int payloadBytes) throws InvalidKeyException {
    Integer said = request.bits();
    if (said != null) {
      return said;
    }
    if (family == Family.AES || family == Family.SECRET) {
      boolean usual = payloadBytes < 0 || payloadBytes == roundedUp(usualBits / 8);
      return usual ? usualBits : 8 * payloadBytes;
    }
    int bits = request.publicKey() == null ? usualBits : bits(request.publicKey());
    if (bits == 0) {
      throw new InvalidKeyException(
          "what is wrapped does not tell how long an "
              + algorithm
              + " key is; init the cipher with HsmKeySpec.withBits(…) or withPublicKey(…)");
    }
    return bits;
  }

  private static int roundedUp(int bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }

  private static int bits(PublicKey key) {
    return switch (key) {
      case RSAKey rsa -> rsa.getModulus().bitLength();
      case ECKey ec -> ec.getParams().getCurve().getField().getFieldSize();
      case EdECKey ed ->
          ed.getParams().getName().equals(NamedParameterSpec.ED448.getName())
              ? KeyType.ED448.bits()
              : KeyType.ED25519.bits();
      default -> 0;
    };
  }

  /** The key that came out, as the JCA sees it. */
  Key key(Device device, KeyInfo info) {
    return info.type().isSecret()
        ? new HsmSecretKey(device, info, algorithm)
        : LogicalKey.of(device, info);
  }
}
