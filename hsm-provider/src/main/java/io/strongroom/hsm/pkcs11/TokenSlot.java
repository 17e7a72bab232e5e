package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.HsmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A slot with an initialised token in it, as {@code C_GetTokenInfo} told (PKCS#11 v2.40 §3.2).
 * Immutable.
 *
 * @param id the slot's number, which may be another one tomorrow
 * @param label the token's label
 * @param serial its serial number
 * @param manufacturer who made it
 * @param model which model
 * @param firmware its firmware version, {@code major.minor}
 * @param flags {@code CKF_*} of the token
 * @param maxSessions how many read-write sessions it allows; {@link Long#MAX_VALUE} for no limit
 */
record TokenSlot(
    long id,
    String label,
    String serial,
    String manufacturer,
    String model,
    String firmware,
    long flags,
    long maxSessions) {

  private static final long CKF_LOGIN_REQUIRED = 1 << 2;
  private static final long CKF_USER_PIN_INITIALIZED = 1 << 3;
  private static final long CKF_PROTECTED_AUTHENTICATION_PATH = 1 << 8;
  private static final long CKF_TOKEN_INITIALIZED = 1 << 10;
  private static final long INFO_BYTES = 208;

  // NSS does not say that its tokens are initialised, only that their PIN is.
  private boolean initialised() {
    return (flags & (CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED)) != 0;
  }

  boolean loginRequired() {
    return (flags & CKF_LOGIN_REQUIRED) != 0;
  }

  /** Whether the PIN is entered at the device itself. */
  boolean hasOwnPinPad() {
    return (flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  }

  /**
   * Finds the one token that a URL names; throws {@link CkException}.
   *
   * @throws HsmException.DeviceUnavailable if there is none; the message lists those there are
   * @throws HsmException.BadInput if there is more than one
   */
  static TokenSlot find(Library library, Pkcs11Uri uri) {
    List<TokenSlot> present = list(library);
    List<TokenSlot> fitting = present.stream().filter(slot -> slot.fits(uri)).toList();
    if (fitting.isEmpty()) {
      throw new HsmException.DeviceUnavailable(
          "no token in "
              + library
              + " fits "
              + uri.path()
              + "; there are "
              + describe(present)
              + " — check token= or serial=, and the library's configuration (x-env)");
    }
    if (fitting.size() > 1) {
      throw new HsmException.BadInput(
          "more than one token in "
              + library
              + " fits "
              + uri.path()
              + ": "
              + describe(fitting)
              + " — name one with serial=");
    }
    return fitting.getFirst();
  }

  private static String describe(List<TokenSlot> slots) {
    return slots.stream()
        .map(s -> "token=" + s.label + ";serial=" + s.serial + ";slot-id=" + s.id)
        .toList()
        .toString();
  }

  private boolean fits(Pkcs11Uri uri) {
    return fits(uri.attribute("token"), label)
        && fits(uri.attribute("serial"), serial)
        && fits(uri.attribute("slot-id"), Long.toString(id))
        && fits(uri.attribute("manufacturer"), manufacturer)
        && fits(uri.attribute("model"), model);
  }

  private static boolean fits(@Nullable String wanted, String actual) {
    return wanted == null || wanted.equals(actual);
  }

  private static List<TokenSlot> list(Library library) {
    Cryptoki functions = library.functions();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_LONG);
      functions.getSlotList(true, MemorySegment.NULL, count);
      MemorySegment ids = arena.allocate(JAVA_LONG, Math.max(1, count.get(JAVA_LONG, 0)));
      functions.getSlotList(true, ids, count);
      List<TokenSlot> slots = new ArrayList<>();
      MemorySegment info = arena.allocate(INFO_BYTES, 8);
      for (long i = 0; i < count.get(JAVA_LONG, 0); i++) {
        TokenSlot slot = ask(functions, ids.getAtIndex(JAVA_LONG, i), info);
        if (slot != null && slot.initialised()) {
          slots.add(slot);
        }
      }
      return slots;
    }
  }

  // A token that was taken out a moment ago must not hide those in other slots.
  private static @Nullable TokenSlot ask(Cryptoki functions, long id, MemorySegment info) {
    try {
      functions.getTokenInfo(id, info);
      return read(id, info);
    } catch (CkException e) {
      if (!e.code().tokenAway()) {
        throw e;
      }
      return null;
    }
  }

  // CK_TOKEN_INFO: four texts, flags, ten numbers, two versions, the time.
  private static TokenSlot read(long id, MemorySegment info) {
    return new TokenSlot(
        id,
        text(info, 0, 32),
        text(info, 80, 16),
        text(info, 32, 32),
        text(info, 64, 16),
        info.get(JAVA_BYTE, 186) + "." + info.get(JAVA_BYTE, 187),
        info.get(JAVA_LONG, 96),
        limit(Math.min(limit(info.get(JAVA_LONG, 104)), limit(info.get(JAVA_LONG, 120)))));
  }

  // 0 is CK_EFFECTIVELY_INFINITE, all ones CK_UNAVAILABLE_INFORMATION.
  private static long limit(long sessions) {
    return sessions <= 0 ? Long.MAX_VALUE : sessions;
  }

  private static String text(MemorySegment info, long offset, int bytes) {
    byte[] value = info.asSlice(offset, bytes).toArray(JAVA_BYTE);
    return new String(value, StandardCharsets.UTF_8).stripTrailing().replace("\0", "");
  }
}
