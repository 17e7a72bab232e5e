package io.strongroom.cluster.node;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.Protection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A token's keys as the vault handles them; reserved ones it neither sees nor touches. */
final class TokenKeys {
  private final Hsm hsm;
  private final Domain domain;

  TokenKeys(Hsm hsm, Domain domain) {
    this.hsm = hsm;
    this.domain = domain;
  }

  /**
   * Opens a sealed key as a token key that never leaves; finds it where it is open already.
   *
   * @throws HsmException.KeyExists if the token has another key with this id or label
   * @throws HsmException.AuthenticationFailed if the seal does not open to what it says
   */
  void open(SealedKey key) {
    domain.open(key);
  }

  /** Opens a sealed key, in place of a key with its id that is not the one which was sealed. */
  void reopen(SealedKey key) {
    KeyInfo there = find(key.id());
    if (there != null && !is(there, key)) {
      destroy(key.id());
    }
    open(key);
  }

  private boolean is(KeyInfo there, SealedKey key) {
    return isWhole(there, key) && domain.isOpened(key);
  }

  /** Whether what is there under a key's id is all that the key is: of a pair both halves. */
  static boolean isWhole(@Nullable KeyInfo there, SealedKey key) {
    KeySpec spec = key.spec();
    return there != null
        && there.label().equals(spec.label())
        && there.type().equals(spec.type())
        && there.usages().equals(spec.usages())
        && there.protection() == Protection.NEVER_LEAVES
        && !there.session();
  }

  /** Whether the token has all of a key now. */
  boolean isWhole(SealedKey key) {
    return isWhole(find(key.id()), key);
  }

  /** Destroys a key; nothing happens where there is none, or where it is a reserved one. */
  void destroy(KeyId id) {
    if (find(id) != null) {
      hsm.destroy(id);
    }
  }

  /** All keys in the token, also halves of pairs. */
  Map<KeyId, KeyInfo> all() {
    Map<KeyId, KeyInfo> all = new HashMap<>();
    hsm.keys().forEach(key -> all.put(key.id(), key));
    return all;
  }

  private @Nullable KeyInfo find(KeyId id) {
    try {
      KeyInfo key = hsm.key(id);
      if (ReservedKeys.isReserved(key.label())) {
        throw new HsmException.BadInput(
            "id " + id + " belongs to a key of the cluster itself; choose another one");
      }
      return key;
    } catch (HsmException.KeyNotFound e) {
      return null;
    }
  }
}
