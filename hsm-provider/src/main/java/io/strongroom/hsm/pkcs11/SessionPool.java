package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmLoad;
import io.strongroom.hsm.token.SharedToken;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations in sessions of one token: bounds how many run at once, never gives a session on
 * that an operation may still be open in, and when sessions or login are lost or the device falters
 * for a moment, opens new ones and repeats the operation a few times ({@link ReturnCode#repeats}).
 * Safe for use by many threads.
 *
 * <p>A PIN that was refused is tried again only when the file that it comes from has changed.
 */
final class SessionPool implements AutoCloseable {

  /** Something to do in a session; may be done a second time, in another session. */
  interface Operation<T> {
    T in(Session session);
  }

  /** That the device did not take the PIN, and from which state of its source it came. */
  private record Refusal(HsmException why, String stamp) {}

  private static final long[] PAUSES_MILLIS = {0, 10, 50};
  private static final System.Logger LOG = System.getLogger(SessionPool.class.getName());

  private final Library library;
  private final Pkcs11Uri uri;
  private final Dispatcher dispatcher;
  private volatile Generation current;
  private volatile boolean closed;
  private @Nullable Refusal refusal;
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
    try {
      this.current = open();
    } catch (CkException e) {
      throw ReturnCode.exception(e, "open " + uri.path());
    }
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

  /** How busy the device is. */
  HsmLoad load() {
    return dispatcher.load();
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
      return repeating(operation, call);
    } catch (CkException e) {
      throw ReturnCode.exception(e, describe(what));
    }
  }

  private <T> T repeating(Operation<T> operation, Call<T> call) {
    Generation generation = current;
    int failures = 0;
    while (true) {
      try {
        if (failures > 0 || generation.isClosed()) {
          generation = renew(generation);
        }
        return runOnce(generation, operation, call);
      } catch (CkException e) {
        failures++;
        if (failures > e.repeats() || call.isAbandoned() || !pause(failures)) {
          throw e;
        }
      } catch (HsmException e) {
        failures++;
        // What was made of an answer that may be the device's own failure has to be seen twice.
        if (failures > 1
            || call.isAbandoned()
            || !(e.getCause() instanceof CkException ck && ck.code().ambiguous())) {
          throw e;
        }
      }
    }
  }

  // A device that has just been reset, or that others stormed, gets a moment.
  private static boolean pause(int failures) {
    try {
      Thread.sleep(PAUSES_MILLIS[failures - 1]);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** {@code token "payments": encrypt with key "x"}. */
  String describe(Supplier<String> what) {
    return "token \"" + slot().label() + "\": " + what.get();
  }

  private <T> T runOnce(Generation generation, Operation<T> operation, Call<T> call) {
    return library.calling(() -> runIn(generation.take(), operation, call));
  }

  private <T> T runIn(Session session, Operation<T> operation, Call<T> call) {
    Generation generation = session.generation();
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
      if (sound && !session.littered() && generation == current && !call.isAbandoned()) {
        session.memory().reset();
        generation.give(session);
      } else {
        session.close();
      }
    }
  }

  /** Replaces a generation whose sessions are gone; does nothing if that has been done already. */
  private synchronized Generation renew(Generation lost) {
    if (current.isClosed() || (current == lost && !library.calling(lost::isLive))) {
      if (!current.isClosed()) {
        LOG.log(Level.WARNING, "event=token_sessions_lost token={0}", slot().label());
        retire(current);
      }
      Generation before = current;
      current = reopen();
      current.sessionKeys().inherit(before.sessionKeys());
      LOG.log(Level.INFO, "event=token_sessions_renewed token={0}", current.slot().label());
    }
    return current;
  }

  private void retire(Generation lost) {
    library.calling(() -> {
      lost.close();
      guests.leave(lost);
      return lost;
    });
  }

  private Generation reopen() {
    library.restart();
    Cryptoki functions = library.functions();
    try {
      return open();
    } catch (CkException e) {
      if (!e.code().libraryBroken()) {
        throw e;
      }
      LOG.log(Level.WARNING, "event=library_reinitialised library={0}", library);
      library.reinitialise(functions, uri.deadline().dividedBy(4));
      return open();
    }
  }

  private synchronized Generation open() {
    String stamp = Pin.stamp(uri.pinSource());
    if (refusal != null && refusal.stamp.equals(stamp)) {
      HsmException why = refusal.why;
      throw new HsmException.AccessDenied(why.text(), why, why.answer(), null);
    }
    refusal = null;
    return library.calling(() -> logIn(stamp));
  }

  private Generation logIn(String stamp) {
    TokenSlot slot = TokenSlot.find(library, uri);
    try {
      HotKeys hotKeys = new HotKeys(uri.copies(), HotKeys.MOST_COPIES, System::nanoTime);
      return new Generation(library.functions(), slot, this::login, hotKeys);
    } catch (CkException e) {
      if (!e.code().pinRefused()) {
        throw e;
      }
      HsmException why = ReturnCode.exception(e, "token \"" + slot.label() + "\": log in");
      refusal = new Refusal(why, stamp);
      throw why;
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
      if (e.code() != ReturnCode.CKR_USER_ALREADY_LOGGED_IN || !isUser(functions, session)) {
        throw e;
      }
    }
  }

  private static boolean isUser(Cryptoki functions, long session) {
    try (Arena arena = Arena.ofConfined()) {
      long state = Session.state(functions, session, arena);
      return state == Ck.CKS_RO_USER_FUNCTIONS || state == Ck.CKS_RW_USER_FUNCTIONS;
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
