package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;

/**
 * Destroys one key. When it is repeated, since the device failed half-way or its answer was lost,
 * what is gone by then is what was asked for. For one thread.
 */
final class Destruction implements SessionPool.Operation<KeyId> {
  private final KeyId id;
  private boolean found;

  Destruction(KeyId id) {
    this.id = id;
  }

  /**
   * Destroys all objects of the key.
   *
   * @throws HsmException.KeyNotFound if there was none to begin with
   */
  @Override
  public KeyId in(Session session) {
    boolean repeated = found;
    if (!repeated && destroyedSessionKey(session)) {
      return id;
    }
    KeyEntry left = KeyDirectory.find(session, id);
    if (!repeated) {
      (left == null ? KeyDirectory.require(session, id) : left).requireOne();
    }
    found = true;
    try {
      for (long handle : KeyDirectory.handles(session, id)) {
        destroy(session, handle, repeated);
      }
    } finally {
      session.generation().forget(session, id);
    }
    return id;
  }

  // Nobody else has a session key of ours: no need to look through the token for its objects.
  private boolean destroyedSessionKey(Session session) {
    KeyEntry known = session.generation().keys().get(id);
    if (known == null || !known.info().session() || known.handle() == 0) {
      return false;
    }
    found = true;
    try {
      session.destroy(known.handle());
      if (known.publicHandle() != 0) {
        session.destroy(known.publicHandle());
      }
    } catch (CkException e) {
      if (!e.code().handleStale()) {
        throw e;
      }
      found = false;
      return false;
    }
    session.generation().forget(session, id);
    return true;
  }

  private static void destroy(Session session, long handle, boolean repeated) {
    try {
      session.destroy(handle);
    } catch (CkException e) {
      if (!repeated || !e.code().handleStale()) {
        throw e;
      }
    }
  }
}
