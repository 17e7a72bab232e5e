package io.strongroom.cluster.node;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Instant;

/**
 * What the tokens of one cluster share: the domain key, under which keys are sealed, and the domain
 * MAC key, which binds each seal to what it is a seal of. Neither ever leaves a token in clear.
 * Safe for use by many threads.
 */
final class Domain {
  private static final int VERSION = 1;
  private static final MacAlgorithm MAC = new MacAlgorithm.Hmac(Digest.SHA_256);
  private static final WrapAlgorithm SEALING = new WrapAlgorithm.AesKwp();
  // AES-KWP (RFC 5649 §4): whole 8-byte blocks and one more.
  private static final int KWP_BLOCK_BYTES = 8;
  private static final int PROBE_BYTES = 16;

  private final Hsm hsm;

  /** For a token that {@link DomainKeys} knows to hold both keys. */
  Domain(Hsm hsm) {
    this.hsm = hsm;
  }

  /** The domain key's check value, equal on every node of a cluster. */
  byte[] checkValue() {
    return hsm.checkValue(ReservedKeys.DOMAIN_KEY.id());
  }

  /**
   * A real operation in the token: random bytes, and a MAC over them that is kept to ourselves.
   *
   * @return the random bytes
   */
  byte[] probe() {
    byte[] random = hsm.random(PROBE_BYTES);
    mac(CanonicalForm.ofProbe(random));
    return random;
  }

  /**
   * Seals a key that was just born.
   *
   * @param birth the birth object
   * @param spec what the key is to be
   * @throws HsmException.UnsupportedMechanism if such keys cannot be sealed
   * @throws HsmException.BadInput if the material has another length than the type
   */
  SealedKey seal(KeyInfo birth, KeySpec spec, Instant created) {
    requireSealable(spec.type());
    byte[] checkValue = hsm.checkValue(birth.id());
    byte[] wrapped = hsm.wrap(ReservedKeys.DOMAIN_KEY.id(), SEALING, birth.id());
    requireLength(spec.type(), wrapped.length);
    Seal unsigned =
        Seal.newBuilder()
            .setVersion(VERSION)
            .setSpec(KeyCodec.toWire(spec))
            .setPublicKey(KeyCodec.toWire(birth.publicKey()))
            .setWrapped(ByteString.copyFrom(wrapped))
            .setCheckValue(ByteString.copyFrom(checkValue))
            .setCreatedMillis(created.toEpochMilli())
            .build();
    byte[] mac = mac(CanonicalForm.of(unsigned, spec));
    Seal seal = unsigned.toBuilder().setMac(ByteString.copyFrom(mac)).build();
    return new SealedKey(spec, birth.publicKey(), seal);
  }

  /**
   * Refuses keys that cannot be sealed.
   *
   * @throws HsmException.UnsupportedMechanism with the reason
   */
  static void requireSealable(KeyType type) {
    if (type.family() == KeyType.Family.EDWARDS || type.family() == KeyType.Family.MONTGOMERY) {
      throw new HsmException.UnsupportedMechanism(
          "a "
              + type
              + " key cannot be wrapped by AES-KWP in the token (CKR_KEY_NOT_WRAPPABLE), so it could"
              + " live on one node only; use EC_256, or a single token without a cluster");
    }
  }

  private static void requireLength(KeyType type, int wrappedBytes) {
    int blocks = (type.bytes() + KWP_BLOCK_BYTES - 1) / KWP_BLOCK_BYTES;
    if (type.isSecret() && wrappedBytes != (blocks + 1) * KWP_BLOCK_BYTES) {
      throw new HsmException.BadInput(
          "the material has another length than the " + type.bits() + " bits of " + type);
    }
  }

  /**
   * Opens a seal in this token and compares the check value; where it differs nothing is left. What
   * is open already is found.
   *
   * @throws HsmException.KeyExists if the token has another key with this id or label
   * @throws HsmException.AuthenticationFailed if it is not the key that was sealed
   * @throws HsmException.UnsupportedMechanism if the device cannot seal a secret of that length
   */
  KeyInfo open(SealedKey key) {
    byte[] wrapped = key.seal().getWrapped().toByteArray();
    PublicKey publicKey = key.publicKey();
    KeySpec target = publicKey == null ? key.spec() : key.spec().withPublicKey(publicKey);
    KeyInfo opened = hsm.unwrap(ReservedKeys.DOMAIN_KEY.id(), SEALING, wrapped, target);
    if (!isOpened(key)) {
      throw notOpened(key);
    }
    return opened;
  }

  // To look first whether the id is free would be a search more, and each takes longer in a fuller
  // token. If the seal opens rightly under another id, what is there was there before.
  private HsmException notOpened(SealedKey key) {
    try {
      rehearse(key, KeyId.of(hsm.random(KeyId.BYTES)));
    } catch (HsmException.AuthenticationFailed | HsmException.UnsupportedMechanism e) {
      hsm.destroy(key.id());
      return e;
    }
    return new HsmException.KeyExists(
        "token \""
            + hsm.info().label()
            + "\" has another key with the id "
            + key.id()
            + "; choose a new id");
  }

  private static HsmException otherCheckValue(KeySpec spec) {
    String what = "key \"" + spec.label() + "\" opened to another check value than its seal says; ";
    if (spec.type().isSecret() && spec.type().bytes() % KWP_BLOCK_BYTES != 0) {
      return new HsmException.UnsupportedMechanism(
          what
              + "this device (as SoftHSM2 does) fills a secret of "
              + spec.type().bytes()
              + " bytes up to whole blocks of 8 when it wraps it, so use a multiple of 64 bits");
    }
    return new HsmException.AuthenticationFailed(
        what + "it was destroyed again — compare the domain keys of the nodes");
  }

  /** Whether the token's key with this id has the check value that the seal says. */
  boolean isOpened(SealedKey key) {
    byte[] actual = hsm.checkValue(key.id());
    return MessageDigest.isEqual(actual, key.checkValue().toByteArray());
  }

  /**
   * Checks a seal from outside.
   *
   * @throws HsmException.BadInput if it is malformed
   * @throws HsmException.AuthenticationFailed if it was not made by this cluster, or was changed
   */
  SealedKey verify(Seal seal) {
    requireVersion(seal.getVersion(), "seal");
    KeySpec spec = KeyCodec.fromWire(seal.getSpec());
    Limits.atMost(Limits.WRAPPED_BYTES, seal.getWrapped(), "a seal's wrapped key");
    Limits.exactly(Limits.CHECK_VALUE_BYTES, seal.getCheckValue(), "a seal's check value");
    byte[] mac = Limits.exactly(Limits.MAC_BYTES, seal.getMac(), "a seal's MAC");
    if (!MessageDigest.isEqual(mac, mac(CanonicalForm.of(seal, spec)))) {
      throw new HsmException.AuthenticationFailed(
          "the seal of key \""
              + spec.label()
              + "\" was changed or comes from another cluster; its MAC does not verify");
    }
    return new SealedKey(spec, KeyCodec.publicKeyFromWire(seal.getPublicKey(), spec.type()), seal);
  }

  /** Makes a tombstone. */
  Tombstone tombstone(KeyId id, Instant destroyed) {
    Tombstone unsigned =
        Tombstone.newBuilder()
            .setVersion(VERSION)
            .setId(KeyCodec.toWire(id))
            .setDestroyedMillis(destroyed.toEpochMilli())
            .build();
    byte[] mac = mac(CanonicalForm.of(unsigned));
    return unsigned.toBuilder().setMac(ByteString.copyFrom(mac)).build();
  }

  /**
   * Checks a tombstone from outside.
   *
   * @return whose tombstone it is
   * @throws HsmException.BadInput if it is malformed
   * @throws HsmException.AuthenticationFailed if it was not made by this cluster, or was changed
   */
  KeyId verify(Tombstone tombstone) {
    requireVersion(tombstone.getVersion(), "tombstone");
    KeyId id = KeyCodec.idFromWire(tombstone.getId());
    byte[] mac = Limits.exactly(Limits.MAC_BYTES, tombstone.getMac(), "a tombstone's MAC");
    if (!MessageDigest.isEqual(mac, mac(CanonicalForm.of(tombstone)))) {
      throw new HsmException.AuthenticationFailed(
          "the tombstone of key "
              + id
              + " was changed or comes from another cluster; its MAC does not verify");
    }
    return id;
  }

  /** The MAC of a backup's content. */
  byte[] macOfBackup(byte[] content) {
    try {
      return mac(CanonicalForm.ofBackup(MessageDigest.getInstance("SHA-256").digest(content)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /**
   * Opens a seal for a moment, as a session key under another id and label, and compares the check
   * value; nothing is left.
   *
   * @throws HsmException.AuthenticationFailed if it is not the key that was sealed
   */
  void rehearse(SealedKey key, KeyId as) {
    KeySpec spec =
        new KeySpec(
            as,
            ReservedKeys.REHEARSAL_PREFIX + as,
            key.spec().type(),
            key.spec().usages(),
            key.spec().protection(),
            true,
            key.publicKey());
    byte[] wrapped = key.seal().getWrapped().toByteArray();
    hsm.unwrap(ReservedKeys.DOMAIN_KEY.id(), SEALING, wrapped, spec);
    try {
      if (!MessageDigest.isEqual(hsm.checkValue(as), key.checkValue().toByteArray())) {
        throw otherCheckValue(key.spec());
      }
    } finally {
      hsm.destroy(as);
    }
  }

  private static void requireVersion(int version, String what) {
    if (version != VERSION) {
      throw new HsmException.BadInput(
          "a " + what + " of version " + version + "; this node knows version " + VERSION);
    }
  }

  private byte[] mac(byte[] message) {
    return hsm.mac(ReservedKeys.DOMAIN_MAC_KEY.id(), MAC, message);
  }
}
