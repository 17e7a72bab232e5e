package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyId;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one login gave: sessions, and the handles that are good in them. When the token loses its
 * sessions or its login, all of it is replaced by a new generation.
 *
 * <p>One session, the control session, is kept open for as long as the generation lives, and the
 * login with it. So are the keepers, to which session keys belong; they are never used for
 * operations that may be left half done. Safe for use by many threads.
 */
final class Generation {
  private final Cryptoki functions;
  private final TokenSlot slot;
  private final Session control;
  private final long stateWhenOpened;
  private final ReentrantLock controlLock = new ReentrantLock();
  private final Deque<Session> keepers = new ConcurrentLinkedDeque<>();
  private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
  private final Map<KeyId, KeyEntry> keys = new ConcurrentHashMap<>();
  private final DerivedNames derivedNames = new DerivedNames(System::nanoTime);
  private final Map<String, KeyId> labels = new ConcurrentHashMap<>();
  private final HotKeys hotKeys;
  private final SessionKeys sessionKeys = new SessionKeys();
  private volatile boolean closed;

  /** A generation that works without copies of keys. */
  Generation(Cryptoki functions, TokenSlot slot, Login login) {
    this(functions, slot, login, new HotKeys(CopyUse.OFF, 0, System::nanoTime));
  }

  /** Opens the control session and logs in; throws {@link CkException}. */
  Generation(Cryptoki functions, TokenSlot slot, Login login, HotKeys hotKeys) {
    this.functions = functions;
    this.slot = slot;
    this.hotKeys = hotKeys;
    this.control = Session.open(functions, this, slot.id());
    try {
      login.perform(functions, slot, control.handle());
      this.stateWhenOpened = control.state();
    } catch (RuntimeException e) {
      control.close();
      throw e;
    }
  }

  /** How a session's token is logged in to. */
  interface Login {
    void perform(Cryptoki functions, TokenSlot slot, long session);
  }

  TokenSlot slot() {
    return slot;
  }

  /** The keys that were looked up in this generation. */
  Map<KeyId, KeyEntry> keys() {
    return keys;
  }

  /** The names of keys that other tools made. */
  DerivedNames derivedNames() {
    return derivedNames;
  }

  /** Which keys had which labels when they were looked up. */
  Map<String, KeyId> labels() {
    return labels;
  }

  /** The keys that are used often. */
  HotKeys hotKeys() {
    return hotKeys;
  }

  /** The session keys that were made in this generation or lost with an earlier one. */
  SessionKeys sessionKeys() {
    return sessionKeys;
  }

  /** Forgets a key that was destroyed. */
  void forget(Session session, KeyId id) {
    KeyEntry known = keys.remove(id);
    if (known != null) {
      labels.remove(known.info().label(), id);
    }
    sessionKeys.destroyed(id);
    hotKeys.forget(session, id);
  }

  /** An idle session, or a new one; throws {@link CkException}. */
  Session take() {
    Session session = idle.pollFirst();
    return session == null ? Session.open(functions, this, slot.id()) : session;
  }

  /** Gives a sound session back. */
  void give(Session session) {
    idle.addFirst(session);
  }

  /**
   * Does something that creates session objects, in a session that keeps them. There are as many
   * such sessions as were ever needed at once.
   */
  <T> T onKeeper(Function<Session, T> work) {
    Session present = keepers.pollFirst();
    Session keeper = present == null ? Session.open(functions, this, slot.id()) : present;
    boolean good = false;
    try {
      T result = work.apply(keeper);
      good = true;
      return result;
    } finally {
      keeper.memory().reset();
      if (good || isOpen(keeper)) {
        keepers.addFirst(keeper);
      }
    }
  }

  private static boolean isOpen(Session session) {
    try {
      session.state();
      return true;
    } catch (CkException _) {
      return false;
    }
  }

  /** Does something in the control session. */
  <T> T onControl(Function<Session, T> work) {
    controlLock.lock();
    try {
      if (closed) {
        throw new CkException("C_GetSessionInfo", ReturnCode.CKR_SESSION_CLOSED);
      }
      return work.apply(control);
    } finally {
      if (!closed) {
        control.memory().reset();
      }
      controlLock.unlock();
    }
  }

  /**
   * Throws {@code CKR_USER_NOT_LOGGED_IN} if this session's login is gone, which otherwise shows
   * only in private objects not being found. To be asked after a search that found nothing: a login
   * that went and came back meanwhile has closed this generation.
   */
  void requireLogin(Session session) {
    // In this order: the generation is closed before anyone logs in anew.
    if (session.state() != stateWhenOpened || closed) {
      throw new CkException("C_GetSessionInfo", ReturnCode.CKR_USER_NOT_LOGGED_IN);
    }
  }

  /** Whether it was closed, and no new one could be opened yet. */
  boolean isClosed() {
    return closed;
  }

  /** Whether the control session and the login still stand. */
  boolean isLive() {
    try {
      return onControl(session -> session.state() == stateWhenOpened);
    } catch (CkException _) {
      return false;
    }
  }

  /** Whether anyone in the process is logged in to the token now; false if it cannot be asked. */
  boolean isLoginHeld() {
    try {
      Session probe = Session.open(functions, this, slot.id());
      try {
        return probe.state() == stateWhenOpened;
      } finally {
        probe.close();
      }
    } catch (CkException _) {
      return false;
    }
  }

  /** Logs out, for a login that is nobody else's. */
  void logout() {
    onControl(session -> functions.logout(session.handle()));
  }

  /** Closes all sessions that are not in use; session keys are gone. Idempotent. */
  void close() {
    closeIdle();
    controlLock.lock();
    try {
      if (!closed) {
        closed = true;
        closeAll(keepers);
        control.close();
      }
    } finally {
      controlLock.unlock();
    }
  }

  /** Closes the sessions that nobody uses. */
  void closeIdle() {
    closeAll(idle);
  }

  private static void closeAll(Deque<Session> sessions) {
    @Nullable Session session = sessions.pollFirst();
    while (session != null) {
      session.close();
      session = sessions.pollFirst();
    }
  }
}
