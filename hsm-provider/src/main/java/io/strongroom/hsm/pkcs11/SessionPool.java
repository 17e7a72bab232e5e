package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.token.SharedToken;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations in sessions of one token: bounds how many run at once, never gives a session on
 * that an operation may still be open in, and when sessions or login are lost, opens new ones and
 * repeats the operation once. Safe for use by many threads.
 */
final class SessionPool implements AutoCloseable {

  /** Something to do in a session; may be done a second time, in another session. */
  interface Operation<T> {
    T in(Session session);
  }

  private static final System.Logger LOG = System.getLogger(SessionPool.class.getName());

  private final Library library;
  private final Pkcs11Uri uri;
  private final Dispatcher dispatcher;
  private volatile Generation current;
  private volatile boolean closed;
  private @Nullable HsmException refusal;
  private final Guests guests;

  /**
   * Logs in.
   *
   * @param library closed together with this pool
   * @throws HsmException.AccessDenied if the PIN is refused
   * @throws HsmException.DeviceUnavailable if there is no such token
   */
  SessionPool(Library library, Pkcs11Uri uri) {
    this.library = library;
    this.uri = uri;
    this.guests = new Guests(library);
    this.current = open();
    // One session is the control session, and each operation may need a keeper.
    int most = (int) Math.min(uri.sessions(), Math.max(1, (slot().maxSessions() - 1) / 2));
    this.dispatcher = new Dispatcher(slot().label(), most, uri.deadline(), uri.guard());
  }

  TokenSlot slot() {
    return current.slot();
  }

  /** How long a call may wait for its turn. */
  Duration deadline() {
    return uri.deadline();
  }

  /** Whether the URL lets others use the token. */
  boolean isShared() {
    return uri.delegate();
  }

  /** Where the token is, once sessions and login are known to stand. */
  SharedToken.Place place() {
    return run(
        () -> "reach it",
        session -> {
          session.generation().requireLogin(session);
          return new SharedToken.Place(library.file(), session.generation().slot().id());
        });
  }

  /** Adds another binding that uses the token. */
  void admit(SharedToken.Guest guest) {
    guests.admit(guest);
  }

  /**
   * Runs an operation.
   *
   * @param what what it does, for error messages: {@code encrypt with key "x"}
   */
  <T> T run(Supplier<String> what, Operation<T> operation) {
    return dispatcher.run(() -> describe(what), call -> perform(what, operation, call));
  }

  private <T> T perform(Supplier<String> what, Operation<T> operation, Call<T> call) {
    try {
      Generation generation = current.isClosed() ? renew(current) : current;
      try {
        return runOnce(generation, operation, call);
      } catch (CkException e) {
        if (!e.code().sessionLost()) {
          throw e;
        }
        return runOnce(renew(generation), operation, call);
      }
    } catch (CkException e) {
      throw ReturnCode.exception(e, describe(what));
    }
  }

  /** {@code token "payments": encrypt with key "x"}. */
  String describe(Supplier<String> what) {
    return "token \"" + slot().label() + "\": " + what.get();
  }

  private <T> T runOnce(Generation generation, Operation<T> operation, Call<T> call) {
    Session session = generation.take();
    boolean sound = false;
    try {
      T result = operation.in(session);
      sound = true;
      return result;
    } catch (HsmException e) {
      // Ours, thrown between calls, unless it carries the answer of one that failed.
      sound = e.answer() == null && !(e.getCause() instanceof CkException);
      throw e;
    } finally {
      if (sound && generation == current && !call.isAbandoned()) {
        session.memory().reset();
        generation.give(session);
      } else {
        session.close();
      }
    }
  }

  /** Replaces a generation whose sessions are gone; does nothing if that has been done already. */
  private synchronized Generation renew(Generation lost) {
    if (current == lost && !lost.isLive()) {
      LOG.log(Level.WARNING, "event=token_sessions_lost token={0}", lost.slot().label());
      lost.close();
      guests.leave(lost);
      library.restart();
      current = open();
      LOG.log(Level.INFO, "event=token_sessions_renewed token={0}", current.slot().label());
    }
    return current;
  }

  private synchronized Generation open() {
    if (refusal != null) {
      throw new HsmException.AccessDenied(refusal.text(), refusal, refusal.answer(), null);
    }
    TokenSlot slot = TokenSlot.find(library, uri);
    try {
      HotKeys hotKeys = new HotKeys(uri.copies(), HotKeys.MOST_COPIES, System::nanoTime);
      return new Generation(library.functions(), slot, this::login, hotKeys);
    } catch (CkException e) {
      HsmException exception = ReturnCode.exception(e, "token \"" + slot.label() + "\": log in");
      if (e.code().pinRefused()) {
        refusal = exception;
      }
      throw exception;
    }
  }

  private void login(Cryptoki functions, TokenSlot slot, long session) {
    if (uri.pinSource() == null && !slot.hasOwnPinPad()) {
      if (slot.loginRequired()) {
        throw new HsmException.BadInput(
            "token \"" + slot.label() + "\" wants a PIN; add &pin-source=file:/path to the URL");
      }
      return;
    }
    try (Pin pin = Pin.read(uri.pinSource())) {
      MemorySegment value = pin.value();
      functions.login(session, Ck.CKU_USER, value, value.byteSize());
    } catch (CkException e) {
      if (e.code() != ReturnCode.CKR_USER_ALREADY_LOGGED_IN) {
        throw e;
      }
    }
  }

  /**
   * Closes the sessions when the operations that are under way have ended; if one hangs beyond the
   * deadline, the library is left initialised, since finalising it under a call is not safe.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (dispatcher.close()) {
      current.close();
      guests.end(current);
      library.close();
    } else {
      LOG.log(Level.WARNING, "event=token_call_abandoned token={0}", slot().label());
      current.closeIdle();
    }
  }
}
