package io.strongroom.cluster.wire;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.v1.DeriveAlgorithm.Ecdh;
import io.strongroom.cluster.wire.v1.DeriveAlgorithm.Hkdf;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.HsmException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/** How to derive. */
public final class DeriveCodec {
  private static final List<String> KINDS_OF_PEER = List.of("EC", "XDH");

  private DeriveCodec() {}

  /**
   * How to derive.
   *
   * @throws HsmException.BadInput if salt or info are over the limit
   */
  public static io.strongroom.cluster.wire.v1.DeriveAlgorithm toWire(DeriveAlgorithm algorithm) {
    var builder = io.strongroom.cluster.wire.v1.DeriveAlgorithm.newBuilder();
    return switch (algorithm) {
      case DeriveAlgorithm.Ecdh ecdh ->
          builder.setEcdh(Ecdh.newBuilder().setPeer(KeyCodec.toWire(ecdh.peer()))).build();
      case DeriveAlgorithm.Hkdf hkdf ->
          builder
              .setHkdf(
                  Hkdf.newBuilder()
                      .setDigest(hkdf.digest().name())
                      .setSalt(limited(hkdf.salt(), "the salt"))
                      .setInfo(limited(hkdf.info(), "the info")))
              .build();
    };
  }

  /**
   * How to derive.
   *
   * @throws HsmException.BadInput if it is malformed, or the peer's public key is not valid
   */
  public static DeriveAlgorithm fromWire(io.strongroom.cluster.wire.v1.DeriveAlgorithm algorithm) {
    return switch (algorithm.getKindCase()) {
      case ECDH -> new DeriveAlgorithm.Ecdh(peer(algorithm.getEcdh().getPeer()));
      case HKDF -> hkdf(algorithm.getHkdf());
      case KIND_NOT_SET ->
          throw new HsmException.BadInput(
              "the derivation algorithm is missing or not known to this version");
    };
  }

  private static DeriveAlgorithm hkdf(Hkdf hkdf) {
    return new DeriveAlgorithm.Hkdf(
        AlgorithmCodec.digest(hkdf.getDigest()),
        Limits.atMost(Limits.DERIVE_INPUT_BYTES, hkdf.getSalt(), "the salt"),
        Limits.atMost(Limits.DERIVE_INPUT_BYTES, hkdf.getInfo(), "the info"));
  }

  private static ByteString limited(byte[] value, String what) {
    ByteString bytes = ByteString.copyFrom(value);
    Limits.atMost(Limits.DERIVE_INPUT_BYTES, bytes, what);
    return bytes;
  }

  private static PublicKey peer(ByteString encoded) {
    byte[] info = Limits.atMost(Limits.PUBLIC_KEY_BYTES, encoded, "the peer's public key");
    try {
      for (String kind : KINDS_OF_PEER) {
        try {
          return KeyFactory.getInstance(kind, "SunEC").generatePublic(new X509EncodedKeySpec(info));
        } catch (InvalidKeySpecException _) {
          // Of another kind, perhaps.
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SunEC", e);
    }
    throw new HsmException.BadInput(
        "the peer's public key is no SubjectPublicKeyInfo of a key on P-256, P-384, P-521, X25519"
            + " or X448");
  }
}
