package io.strongroom.cluster.wire;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.v1.Cipher;
import io.strongroom.cluster.wire.v1.Mac;
import io.strongroom.cluster.wire.v1.Signature;
import io.strongroom.cluster.wire.v1.WrapAlgorithm.Algorithm;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Algorithms. Every {@code fromWire} throws BadInput on what is malformed. */
public final class AlgorithmCodec {
  private static final int MAX_SALT_BYTES = 1024;

  private AlgorithmCodec() {}

  /** How to encrypt or decrypt. */
  public static Cipher toWire(CipherAlgorithm algorithm) {
    Cipher.Builder cipher = Cipher.newBuilder();
    return switch (algorithm) {
      case CipherAlgorithm.AesGcm gcm ->
          iv(cipher, gcm.iv())
              .setAlgorithm(Cipher.Algorithm.AES_GCM)
              .setAad(ByteString.copyFrom(gcm.aad()))
              .setTagBits(gcm.tagBits())
              .build();
      case CipherAlgorithm.AesCbc cbc ->
          iv(cipher, cbc.iv())
              .setAlgorithm(cbc.padding() ? Cipher.Algorithm.AES_CBC_PAD : Cipher.Algorithm.AES_CBC)
              .build();
      case CipherAlgorithm.AesCtr ctr ->
          iv(cipher, ctr.iv()).setAlgorithm(Cipher.Algorithm.AES_CTR).build();
      case CipherAlgorithm.AesEcb _ -> cipher.setAlgorithm(Cipher.Algorithm.AES_ECB).build();
      case CipherAlgorithm.RsaPkcs1 _ -> cipher.setAlgorithm(Cipher.Algorithm.RSA_PKCS1).build();
      case CipherAlgorithm.RsaOaep oaep ->
          cipher
              .setAlgorithm(Cipher.Algorithm.RSA_OAEP)
              .setDigest(oaep.digest().name())
              .setMgf(oaep.mgf().name())
              .setAad(ByteString.copyFrom(oaep.label()))
              .build();
    };
  }

  private static Cipher.Builder iv(Cipher.Builder cipher, byte @Nullable [] iv) {
    return iv == null ? cipher : cipher.setIv(ByteString.copyFrom(iv));
  }

  /** How to encrypt or decrypt. */
  public static CipherAlgorithm fromWire(Cipher cipher) {
    byte[] aad = Limits.atMost(Limits.AAD_BYTES, cipher.getAad(), "the AAD");
    byte[] iv = cipher.hasIv() ? Limits.atMost(Limits.IV_BYTES, cipher.getIv(), "the IV") : null;
    return switch (cipher.getAlgorithm()) {
      case AES_GCM -> new CipherAlgorithm.AesGcm(iv, aad, tagBits(cipher));
      case AES_CBC -> new CipherAlgorithm.AesCbc(iv, false);
      case AES_CBC_PAD -> new CipherAlgorithm.AesCbc(iv, true);
      case AES_CTR -> new CipherAlgorithm.AesCtr(iv);
      case AES_ECB -> new CipherAlgorithm.AesEcb();
      case RSA_PKCS1 -> new CipherAlgorithm.RsaPkcs1();
      case RSA_OAEP ->
          new CipherAlgorithm.RsaOaep(digest(cipher.getDigest()), digest(cipher.getMgf()), aad);
      case ALGORITHM_UNSPECIFIED, UNRECOGNIZED -> throw unknown("cipher");
    };
  }

  private static int tagBits(Cipher cipher) {
    int bits = cipher.getTagBits();
    if (bits < 96 || bits > 128 || bits % 8 != 0) {
      throw new HsmException.BadInput(
          "a GCM tag has 96 to 128 bits in steps of 8, not " + Integer.toUnsignedString(bits));
    }
    return bits;
  }

  /** How to sign; {@code signature} is null, or the one to verify. */
  public static Signature toWire(SignatureAlgorithm algorithm, byte @Nullable [] signature) {
    Signature.Builder builder = Signature.newBuilder();
    if (signature != null) {
      builder.setSignature(ByteString.copyFrom(signature));
    }
    return switch (algorithm) {
      case SignatureAlgorithm.RsaPkcs1 _ ->
          builder.setAlgorithm(Signature.Algorithm.RSA_PKCS1).build();
      case SignatureAlgorithm.RsaPss pss ->
          builder
              .setAlgorithm(Signature.Algorithm.RSA_PSS)
              .setDigest(pss.digest().name())
              .setMgf(pss.mgf().name())
              .setSaltBytes(pss.saltBytes())
              .build();
      case SignatureAlgorithm.Ecdsa _ -> builder.setAlgorithm(Signature.Algorithm.ECDSA).build();
      case SignatureAlgorithm.EdDsa _ -> builder.setAlgorithm(Signature.Algorithm.EDDSA).build();
    };
  }

  /** How to sign. */
  public static SignatureAlgorithm fromWire(Signature signature) {
    return switch (signature.getAlgorithm()) {
      case RSA_PKCS1 -> new SignatureAlgorithm.RsaPkcs1();
      case RSA_PSS ->
          new SignatureAlgorithm.RsaPss(
              digest(signature.getDigest()), digest(signature.getMgf()), saltBytes(signature));
      case ECDSA -> new SignatureAlgorithm.Ecdsa();
      case EDDSA -> new SignatureAlgorithm.EdDsa();
      case ALGORITHM_UNSPECIFIED, UNRECOGNIZED -> throw unknown("signature");
    };
  }

  private static int saltBytes(Signature signature) {
    int bytes = signature.getSaltBytes();
    if (bytes < 0 || bytes > MAX_SALT_BYTES) {
      throw new HsmException.BadInput(
          "a PSS salt has 0 to "
              + MAX_SALT_BYTES
              + " bytes, not "
              + Integer.toUnsignedString(bytes));
    }
    return bytes;
  }

  /** The signature to verify. */
  public static byte[] signatureFromWire(Signature signature) {
    return Limits.atMost(Limits.SIGNATURE_BYTES, signature.getSignature(), "the signature");
  }

  /** How to authenticate. */
  public static Mac toWire(MacAlgorithm algorithm) {
    return switch (algorithm) {
      case MacAlgorithm.Hmac hmac -> Mac.newBuilder().setDigest(hmac.digest().name()).build();
      case MacAlgorithm.AesCmac _ -> Mac.getDefaultInstance();
    };
  }

  /** How to authenticate. */
  public static MacAlgorithm fromWire(Mac mac) {
    return mac.getDigest().isEmpty()
        ? new MacAlgorithm.AesCmac()
        : new MacAlgorithm.Hmac(digest(mac.getDigest()));
  }

  /** How to wrap. */
  public static io.strongroom.cluster.wire.v1.WrapAlgorithm toWire(WrapAlgorithm algorithm) {
    var builder = io.strongroom.cluster.wire.v1.WrapAlgorithm.newBuilder();
    return switch (algorithm) {
      case WrapAlgorithm.AesKw _ -> builder.setAlgorithm(Algorithm.AES_KW).build();
      case WrapAlgorithm.AesKwp _ -> builder.setAlgorithm(Algorithm.AES_KWP).build();
      case WrapAlgorithm.RsaPkcs1 _ -> builder.setAlgorithm(Algorithm.RSA_PKCS1).build();
      case WrapAlgorithm.RsaOaep oaep ->
          builder.setAlgorithm(Algorithm.RSA_OAEP).setDigest(oaep.digest().name()).build();
      case WrapAlgorithm.RsaAes rsaAes ->
          builder.setAlgorithm(Algorithm.RSA_AES).setDigest(rsaAes.digest().name()).build();
    };
  }

  /** How to wrap. */
  public static WrapAlgorithm fromWire(io.strongroom.cluster.wire.v1.WrapAlgorithm algorithm) {
    return switch (algorithm.getAlgorithm()) {
      case AES_KW -> new WrapAlgorithm.AesKw();
      case AES_KWP -> new WrapAlgorithm.AesKwp();
      case RSA_PKCS1 -> new WrapAlgorithm.RsaPkcs1();
      case RSA_OAEP -> new WrapAlgorithm.RsaOaep(digest(algorithm.getDigest()));
      case RSA_AES -> new WrapAlgorithm.RsaAes(digest(algorithm.getDigest()));
      case ALGORITHM_UNSPECIFIED, UNRECOGNIZED -> throw unknown("wrapping");
    };
  }

  static Digest digest(String name) {
    try {
      return Digest.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new HsmException.BadInput(
          "\"" + name + "\" is no digest; there are " + List.of(Digest.values()), e);
    }
  }

  private static HsmException unknown(String kind) {
    return new HsmException.BadInput(
        "the " + kind + " algorithm is missing or not known to this version");
  }
}
