package io.strongroom.cluster.node;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.sync.Replica;
import io.strongroom.cluster.sync.Vote;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.PublicKey;
import java.time.Clock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a node: born, sealed, opened, destroyed. A key counts as held when its seal is on the
 * disk and its object in the token, both of them checked. Safe for use by many threads.
 */
final class Vault implements Replica {
  private final Hsm hsm;
  private final Domain domain;
  private final SealStore store;
  private final Clock clock;
  private final TokenKeys token;
  private final KeyBirth births;
  private final Holdings holdings = new Holdings();
  private final KeyLocks locks = new KeyLocks();
  private final TokenLevel level;

  private Vault(Hsm hsm, Domain domain, SealStore store, Clock clock) {
    this.hsm = hsm;
    this.domain = domain;
    this.store = store;
    this.clock = clock;
    this.token = new TokenKeys(hsm, domain);
    this.births = new KeyBirth(hsm, domain, clock);
    this.level = new TokenLevel(token, holdings, locks, clock);
  }

  /**
   * A tombstone, and whether the node held the key when it was put.
   *
   * @param tombstone proof of the destruction
   * @param existed whether this node held the key
   */
  record Burial(Tombstone tombstone, boolean existed) {}

  /**
   * Opens a node's keys: undoes what was interrupted, destroys what has a tombstone, and opens
   * every seal whose key the token lacks.
   *
   * @throws HsmException.BadInput if the token has not joined a cluster
   */
  static Vault open(Hsm hsm, SealStore store, Clock clock) {
    Domain domain = DomainKeys.open(hsm);
    Vault vault = new Vault(hsm, domain, store, clock);
    vault.load(store.load(domain));
    vault.levelToken();
    return vault;
  }

  private void load(SealStore.Contents contents) {
    for (Tombstone tombstone : contents.tombstones()) {
      holdings.bury(KeyCodec.idFromWire(tombstone.getId()), tombstone);
    }
    for (SealedKey key : contents.seals()) {
      if (holdings.tombstone(key.id()) == null) {
        holdings.putClosed(key);
      } else {
        store.dropSeal(key.id());
      }
    }
    for (KeyId id : contents.interrupted()) {
      if (holdings.sealed(id) == null) {
        token.destroy(id);
      }
      store.abandonOpening(id);
    }
    level.destroyBuried(token.all().keySet());
  }

  /** The domain, for seals and check values. */
  Domain domain() {
    return domain;
  }

  /** The token. */
  Hsm hsm() {
    return hsm;
  }

  @Override
  public byte[] domainCheckValue() {
    return domain.checkValue();
  }

  @Override
  public void keep(Seal seal) {
    put(seal, true);
  }

  @Override
  public void keep(Tombstone tombstone) {
    put(tombstone);
  }

  /** What this node holds. */
  Holdings.Inventory inventory() {
    return holdings.inventory();
  }

  /** How many keys have their seal here and no object in the token. */
  int unopened() {
    return holdings.closed().size();
  }

  @Override
  public long inventoryVersion() {
    return holdings.version();
  }

  @Override
  public boolean lacks(KeyId id) {
    return holdings.open(id) == null && holdings.tombstone(id) == null;
  }

  @Override
  public @Nullable Vote vote(KeyId id) {
    SealedKey key = holdings.sealed(id);
    return key == null ? null : new Vote(key.seal().getMac(), key.learnt());
  }

  @Override
  public void replace(KeyId id, ByteString loser, Seal winner) {
    SealedKey key = domain.verify(winner);
    locks.with(
        id,
        () -> {
          SealedKey existing = holdings.sealed(id);
          if (existing != null && existing.seal().getMac().equals(loser) && !isBuried(id)) {
            replace(existing, key);
          }
          return id;
        });
  }

  private void replace(SealedKey loser, SealedKey winner) {
    holdings.takeLabel(winner.spec().label(), winner.id());
    try {
      // In this order: what is cut off here ends, at the next start, in the one key or in none.
      store.beginOpening(winner);
      token.destroy(loser.id());
      store.setAside(loser);
      holdings.remove(loser);
      holdings.takeLabel(winner.spec().label(), winner.id());
      openAndKeep(winner);
    } catch (HsmException e) {
      suspectToken();
      throw e;
    } finally {
      holdings.releaseLabel(winner.spec().label(), winner.id());
    }
  }

  @Override
  public boolean isBuried(KeyId id) {
    return holdings.tombstone(id) != null;
  }

  /**
   * A key that is held.
   *
   * @throws HsmException.KeyNotFound if it is not; reserved keys never are
   */
  SealedKey held(KeyId id) {
    SealedKey key = holdings.open(id);
    if (key == null) {
      throw new HsmException.KeyNotFound("this node holds no key " + id);
    }
    return key;
  }

  /**
   * A key is born in this token and sealed; found where it was before.
   *
   * @throws HsmException.BadInput if the spec is none that a cluster keeps
   * @throws HsmException.KeyExists if the id was destroyed or is of another kind of key, or the
   *     label is taken
   * @throws HsmException.UnsupportedMechanism if such a key cannot be made or sealed
   */
  SealedKey create(KeySpec spec) {
    return bear(spec, hsm::create);
  }

  /**
   * Wrapped material is opened in this token and sealed; found where it was before.
   *
   * @param target what it is to be, with the public half of a private key where that is known
   * @throws HsmException.KeyNotFound if the unwrapping key is not held
   * @throws HsmException.AuthenticationFailed if the material does not open
   */
  SealedKey unwrap(KeyId unwrappingKey, WrapAlgorithm algorithm, byte[] wrapped, KeySpec target) {
    held(unwrappingKey);
    PublicKey publicKey = target.publicKey();
    return bear(
        withoutPublicKey(target),
        birth ->
            hsm.unwrap(
                unwrappingKey,
                algorithm,
                wrapped,
                publicKey == null ? birth : birth.withPublicKey(publicKey)));
  }

  // What a seal is bound to has none: the seal itself tells the public half.
  private static KeySpec withoutPublicKey(KeySpec spec) {
    return new KeySpec(
        spec.id(), spec.label(), spec.type(), spec.usages(), spec.protection(), spec.session());
  }

  /**
   * A key is derived in this token and sealed; found where it was before.
   *
   * @throws HsmException.KeyNotFound if the key to derive from is not held
   */
  SealedKey derive(KeyId key, DeriveAlgorithm algorithm, KeySpec spec) {
    held(key);
    return bear(spec, birth -> hsm.derive(key, algorithm, birth));
  }

  private SealedKey bear(KeySpec spec, Function<KeySpec, KeyInfo> delivery) {
    KeyBirth.requireKeepable(spec);
    return locks.with(
        spec.id(),
        () -> {
          SealedKey existing = existing(spec);
          if (existing == null) {
            return bearNew(spec, delivery);
          }
          if (holdings.open(existing.id()) == null) {
            token.reopen(existing);
            holdings.putOpen(existing);
          }
          return existing;
        });
  }

  private @Nullable SealedKey existing(KeySpec spec) {
    requireNotBuried(spec.id());
    SealedKey key = holdings.sealed(spec.id());
    if (key != null && !key.spec().equals(spec)) {
      throw new HsmException.KeyExists(
          "id " + spec.id() + " belongs to a different key; choose a new id");
    }
    return key;
  }

  private void requireNotBuried(KeyId id) {
    if (isBuried(id)) {
      throw new HsmException.KeyExists("key " + id + " was destroyed; choose a new id");
    }
  }

  private SealedKey bearNew(KeySpec spec, Function<KeySpec, KeyInfo> delivery) {
    holdings.takeLabel(spec.label(), spec.id());
    try {
      SealedKey key = births.deliver(spec, delivery);
      openAndKeep(key);
      return key;
    } finally {
      holdings.releaseLabel(spec.label(), spec.id());
    }
  }

  private void openAndKeep(SealedKey key) {
    store.beginOpening(key);
    try {
      token.open(key);
    } catch (HsmException.KeyExists e) {
      store.abandonOpening(key.id());
      throw e;
    } catch (HsmException e) {
      abandon(key, e);
      throw e;
    }
    store.keep(key);
    holdings.putOpen(key);
  }

  /** Where even this fails, the next start destroys what the token has of the key. */
  private void abandon(SealedKey key, HsmException failure) {
    try {
      token.destroy(key.id());
      store.abandonOpening(key.id());
    } catch (HsmException e) {
      failure.addSuppressed(e);
    }
  }

  /** A seal from the client that makes the key: {@link #put(Seal, boolean)}, not learnt. */
  SealedKey put(Seal seal) {
    return put(seal, false);
  }

  /**
   * Opens and keeps a seal from another node; nothing happens where it is held already.
   *
   * @param learnt whether it is a copy of a key that was made before, and not part of its making
   * @throws HsmException.AuthenticationFailed if it was not made by this cluster, or was changed
   * @throws HsmException.KeyExists if the id was destroyed or has another seal, or the label is
   *     taken
   */
  SealedKey put(Seal seal, boolean learnt) {
    SealedKey key = domain.verify(seal).withLearnt(learnt);
    ReservedKeys.requireNotReserved(key.spec());
    return locks.with(
        key.id(),
        () -> {
          requireNotBuried(key.id());
          SealedKey existing = holdings.sealed(key.id());
          if (existing != null && !existing.sameAs(key)) {
            throw new HsmException.KeyExists(
                "this node has another seal for the id " + key.id() + "; choose a new id");
          }
          if (holdings.open(key.id()) == null) {
            putNew(key);
          } else if (existing != null && existing.learnt() && !learnt) {
            store.noteVote(key.id());
            holdings.putOpen(key);
          }
          return key;
        });
  }

  private void putNew(SealedKey key) {
    holdings.takeLabel(key.spec().label(), key.id());
    try {
      openAndKeep(key);
    } finally {
      holdings.releaseLabel(key.spec().label(), key.id());
    }
  }

  /** Destroys a key for good and leaves a tombstone, also where the key is not held. */
  Burial destroy(KeyId id) {
    return locks.with(
        id,
        () -> {
          Tombstone existing = holdings.tombstone(id);
          return bury(id, existing == null ? domain.tombstone(id, clock.instant()) : existing);
        });
  }

  /**
   * A tombstone made at another node.
   *
   * @throws HsmException.AuthenticationFailed if it was not made by this cluster, or was changed
   */
  Burial put(Tombstone tombstone) {
    KeyId id = domain.verify(tombstone);
    return locks.with(
        id,
        () -> {
          Tombstone existing = holdings.tombstone(id);
          return bury(id, existing == null ? tombstone : existing);
        });
  }

  private Burial bury(KeyId id, Tombstone tombstone) {
    ReservedKeys.requireNotReserved(id);
    // The tombstone first: whatever fails afterwards is finished by levelToken.
    store.keep(tombstone);
    boolean existed = holdings.bury(id, tombstone);
    store.dropSeal(id);
    try {
      token.destroy(id);
    } catch (HsmException e) {
      suspectToken();
      throw e;
    }
    return new Burial(tombstone, existed);
  }

  /** Whether the token has all of a key that is held. */
  boolean isWhole(SealedKey key) {
    return token.isWhole(key);
  }

  /** To be told when the token does not have what it should: all of it is compared next time. */
  void suspectToken() {
    level.suspect();
  }

  @Override
  public void levelToken() {
    level.run();
  }
}
