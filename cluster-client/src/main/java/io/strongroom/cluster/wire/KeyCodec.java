package io.strongroom.cluster.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys: ids, specs, public keys. Every {@code fromWire} throws BadInput on what is malformed. */
public final class KeyCodec {
  private KeyCodec() {}

  /** The 16 bytes of an id. */
  public static ByteString toWire(KeyId id) {
    return UnsafeByteOperations.unsafeWrap(id.bytes());
  }

  /** The id with these 16 bytes. */
  public static KeyId idFromWire(ByteString id) {
    return KeyId.of(Limits.exactly(KeyId.BYTES, id, "a key id"));
  }

  /** Id, label, type and usages; the usages in a fixed order, because seals are bound to them. */
  public static io.strongroom.cluster.wire.v1.KeySpec toWire(KeySpec spec) {
    return toWire(spec.id(), spec.label(), spec.type(), spec.usages());
  }

  private static io.strongroom.cluster.wire.v1.KeySpec toWire(
      KeyId id, String label, KeyType type, Set<KeyUsage> usages) {
    var builder =
        io.strongroom.cluster.wire.v1.KeySpec.newBuilder()
            .setId(toWire(id))
            .setLabel(label)
            .setType(type.toString());
    usages.stream().sorted().forEach(usage -> builder.addUsages(usage.name()));
    return builder.build();
  }

  /** A token key that never leaves, the only kind a cluster keeps. */
  public static KeySpec fromWire(io.strongroom.cluster.wire.v1.KeySpec spec) {
    return new KeySpec(
        idFromWire(spec.getId()),
        spec.getLabel(),
        KeyType.parse(spec.getType()),
        usages(spec.getUsagesList()),
        Protection.NEVER_LEAVES,
        false);
  }

  private static Set<KeyUsage> usages(List<String> names) {
    EnumSet<KeyUsage> usages = EnumSet.noneOf(KeyUsage.class);
    for (String name : names) {
      KeyUsage usage;
      try {
        usage = KeyUsage.valueOf(name);
      } catch (IllegalArgumentException e) {
        throw new HsmException.BadInput(
            "\"" + name + "\" is no key usage; there are " + List.of(KeyUsage.values()), e);
      }
      if (!usages.add(usage)) {
        throw new HsmException.BadInput("key usage " + usage + " is named twice");
      }
    }
    return usages;
  }

  /** {@code SubjectPublicKeyInfo}; empty for null. */
  public static ByteString toWire(@Nullable PublicKey key) {
    return key == null ? ByteString.EMPTY : ByteString.copyFrom(key.getEncoded());
  }

  /** The public half of a pair of this type; null where the type is a secret. */
  public static @Nullable PublicKey publicKeyFromWire(ByteString encoded, KeyType type) {
    if (type.isSecret()) {
      Limits.exactly(0, encoded, "the public key of a secret key");
      return null;
    }
    X509EncodedKeySpec spec =
        new X509EncodedKeySpec(Limits.atMost(Limits.PUBLIC_KEY_BYTES, encoded, "a public key"));
    String algorithm =
        switch (type.family()) {
          case RSA -> "RSA";
          case EC -> "EC";
          case EDWARDS -> "EdDSA";
          case MONTGOMERY -> "XDH";
          case AES, SECRET -> throw new IllegalStateException("a secret has no public key");
        };
    PublicKey key;
    try {
      key = KeyFactory.getInstance(algorithm).generatePublic(spec);
    } catch (GeneralSecurityException e) {
      throw new HsmException.BadInput("a public key is no SubjectPublicKeyInfo of " + type, e);
    }
    if (bits(key) != type.bits()) {
      throw new HsmException.BadInput(
          "a public key has " + bits(key) + " bits, but its key is said to be " + type);
    }
    return key;
  }

  private static int bits(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> rsa.getModulus().bitLength();
      case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize();
      case EdECPublicKey ed ->
          ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName()) ? 255 : 448;
      case XECPublicKey xec -> xec.getParams() == NamedParameterSpec.X25519 ? 255 : 448;
      default -> 0;
    };
  }

  /** A key that a node holds. */
  public static HeldKey toWire(KeyInfo key, byte[] checkValue) {
    return HeldKey.newBuilder()
        .setSpec(toWire(key.id(), key.label(), key.type(), key.usages()))
        .setPublicKey(toWire(key.publicKey()))
        .setCheckValue(ByteString.copyFrom(checkValue))
        .build();
  }

  /** The key that a seal opens to, as a node that holds it tells of it. */
  public static HeldKey.Builder held(Seal seal) {
    return HeldKey.newBuilder()
        .setSpec(seal.getSpec())
        .setPublicKey(seal.getPublicKey())
        .setCheckValue(seal.getCheckValue())
        .setSealMac(seal.getMac());
  }

  /** A key that these nodes hold. */
  public static KeyInfo fromWire(HeldKey key, List<String> locations) {
    KeySpec spec = fromWire(key.getSpec());
    Limits.exactly(Limits.CHECK_VALUE_BYTES, key.getCheckValue(), "a check value");
    return new KeyInfo(
        spec.id(),
        spec.label(),
        spec.type(),
        spec.usages(),
        spec.protection(),
        false,
        publicKeyFromWire(key.getPublicKey(), spec.type()),
        locations);
  }
}
