package io.strongroom.cluster.node;

import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.hsm.HsmException;

/**
 * Keys of this node under whose ids other nodes have other keys, and how they give way. Callers
 * hold the key's lock.
 */
final class ContestedKeys {
  private final Holdings holdings;
  private final SealStore store;
  private final TokenKeys token;

  ContestedKeys(Holdings holdings, SealStore store, TokenKeys token) {
    this.holdings = holdings;
    this.store = store;
    this.token = token;
  }

  boolean differsFrom(HeldKey key) {
    SealedKey own = holdings.open(KeyCodec.idFromWire(key.getSpec().getId()));
    return own != null && !own.toWire().equals(key);
  }

  /**
   * Opens and keeps a key in place of another one with its id; nothing happens where there is none,
   * or none any more.
   *
   * @return whether it was replaced
   * @throws HsmException.KeyExists if the label is another key's
   */
  boolean replaceBy(SealedKey key) {
    SealedKey own = holdings.open(key.id());
    if (own == null || own.sameAs(key)) {
      return false;
    }
    ReservedKeys.requireNotReserved(key.spec());
    holdings.takeLabel(key.spec().label(), key.id());
    store.beginOpening(key);
    try {
      token.reopen(key);
    } catch (HsmException e) {
      // The own seal is still there, and is opened again if the token has lost its key.
      holdings.close(own);
      store.abandonOpening(key.id());
      throw e;
    }
    store.keep(key);
    holdings.replace(own, key);
    return true;
  }
}
