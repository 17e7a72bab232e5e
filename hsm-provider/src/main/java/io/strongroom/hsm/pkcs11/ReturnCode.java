package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of return values (PKCS#11 v2.40 §5.1, v3.0 where newer): the one place that knows
 * {@code CKR_*} and what each means to a caller.
 */
enum ReturnCode {
  CKR_OK(0x000, Kind.FINE),
  CKR_CANCEL(0x001, Kind.DEVICE_FAILED),
  CKR_HOST_MEMORY(0x002, Kind.DEVICE_FALTERS),
  CKR_SLOT_ID_INVALID(0x003, Kind.SESSION_LOST),
  CKR_GENERAL_ERROR(0x005, Kind.DEVICE_FALTERS),
  CKR_FUNCTION_FAILED(0x006, Kind.DEVICE_FALTERS),
  CKR_ARGUMENTS_BAD(0x007, Kind.BAD_INPUT),
  CKR_NO_EVENT(0x008, Kind.DEVICE_FAILED),
  CKR_NEED_TO_CREATE_THREADS(0x009, Kind.DEVICE_FAILED),
  CKR_CANT_LOCK(0x00A, Kind.DEVICE_FAILED),
  CKR_ATTRIBUTE_READ_ONLY(0x010, Kind.BAD_INPUT),
  CKR_ATTRIBUTE_SENSITIVE(0x011, Kind.DENIED),
  CKR_ATTRIBUTE_TYPE_INVALID(0x012, Kind.BAD_INPUT),
  CKR_ATTRIBUTE_VALUE_INVALID(0x013, Kind.BAD_INPUT),
  CKR_ACTION_PROHIBITED(0x01B, Kind.DENIED),
  CKR_DATA_INVALID(0x020, Kind.BAD_INPUT),
  CKR_DATA_LEN_RANGE(0x021, Kind.BAD_INPUT),
  CKR_DEVICE_ERROR(0x030, Kind.SESSION_LOST),
  CKR_DEVICE_MEMORY(0x031, Kind.DEVICE_FALTERS),
  CKR_DEVICE_REMOVED(0x032, Kind.SESSION_LOST),
  CKR_ENCRYPTED_DATA_INVALID(0x040, Kind.NOT_AUTHENTIC),
  CKR_ENCRYPTED_DATA_LEN_RANGE(0x041, Kind.BAD_INPUT),
  CKR_AEAD_DECRYPT_FAILED(0x042, Kind.NOT_AUTHENTIC),
  CKR_FUNCTION_CANCELED(0x050, Kind.DEVICE_FALTERS),
  CKR_FUNCTION_NOT_PARALLEL(0x051, Kind.DEVICE_FAILED),
  CKR_FUNCTION_NOT_SUPPORTED(0x054, Kind.UNSUPPORTED),
  CKR_KEY_HANDLE_INVALID(0x060, Kind.HANDLE_STALE),
  CKR_KEY_SIZE_RANGE(0x062, Kind.BAD_INPUT),
  CKR_KEY_TYPE_INCONSISTENT(0x063, Kind.BAD_INPUT),
  CKR_KEY_NOT_NEEDED(0x064, Kind.BAD_INPUT),
  CKR_KEY_CHANGED(0x065, Kind.DEVICE_FAILED),
  CKR_KEY_NEEDED(0x066, Kind.BAD_INPUT),
  CKR_KEY_INDIGESTIBLE(0x067, Kind.DENIED),
  CKR_KEY_FUNCTION_NOT_PERMITTED(0x068, Kind.BAD_INPUT),
  CKR_KEY_NOT_WRAPPABLE(0x069, Kind.DENIED),
  CKR_KEY_UNEXTRACTABLE(0x06A, Kind.DENIED),
  CKR_MECHANISM_INVALID(0x070, Kind.UNSUPPORTED),
  CKR_MECHANISM_PARAM_INVALID(0x071, Kind.UNSUPPORTED),
  CKR_OBJECT_HANDLE_INVALID(0x082, Kind.HANDLE_STALE),
  CKR_OPERATION_ACTIVE(0x090, Kind.SESSION_LOST),
  CKR_OPERATION_NOT_INITIALIZED(0x091, Kind.SESSION_LOST),
  CKR_PIN_INCORRECT(0x0A0, Kind.DENIED),
  CKR_PIN_INVALID(0x0A1, Kind.DENIED),
  CKR_PIN_LEN_RANGE(0x0A2, Kind.DENIED),
  CKR_PIN_EXPIRED(0x0A3, Kind.DENIED),
  CKR_PIN_LOCKED(0x0A4, Kind.DENIED),
  CKR_SESSION_CLOSED(0x0B0, Kind.SESSION_LOST),
  CKR_SESSION_COUNT(0x0B1, Kind.BUSY),
  CKR_SESSION_HANDLE_INVALID(0x0B3, Kind.SESSION_LOST),
  CKR_SESSION_PARALLEL_NOT_SUPPORTED(0x0B4, Kind.DEVICE_FAILED),
  CKR_SESSION_READ_ONLY(0x0B5, Kind.DENIED),
  CKR_SESSION_EXISTS(0x0B6, Kind.DEVICE_FAILED),
  CKR_SESSION_READ_ONLY_EXISTS(0x0B7, Kind.DENIED),
  CKR_SESSION_READ_WRITE_SO_EXISTS(0x0B8, Kind.DENIED),
  CKR_SIGNATURE_INVALID(0x0C0, Kind.NOT_AUTHENTIC),
  CKR_SIGNATURE_LEN_RANGE(0x0C1, Kind.BAD_INPUT),
  CKR_TEMPLATE_INCOMPLETE(0x0D0, Kind.BAD_INPUT),
  CKR_TEMPLATE_INCONSISTENT(0x0D1, Kind.BAD_INPUT),
  CKR_TOKEN_NOT_PRESENT(0x0E0, Kind.SESSION_LOST),
  CKR_TOKEN_NOT_RECOGNIZED(0x0E1, Kind.SESSION_LOST),
  CKR_TOKEN_WRITE_PROTECTED(0x0E2, Kind.DENIED),
  CKR_UNWRAPPING_KEY_HANDLE_INVALID(0x0F0, Kind.HANDLE_STALE),
  CKR_UNWRAPPING_KEY_SIZE_RANGE(0x0F1, Kind.BAD_INPUT),
  CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT(0x0F2, Kind.BAD_INPUT),
  CKR_USER_ALREADY_LOGGED_IN(0x100, Kind.DEVICE_FAILED),
  CKR_USER_NOT_LOGGED_IN(0x101, Kind.SESSION_LOST),
  CKR_USER_PIN_NOT_INITIALIZED(0x102, Kind.DENIED),
  CKR_USER_TYPE_INVALID(0x103, Kind.DENIED),
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN(0x104, Kind.DENIED),
  CKR_USER_TOO_MANY_TYPES(0x105, Kind.DENIED),
  CKR_WRAPPED_KEY_INVALID(0x110, Kind.NOT_AUTHENTIC),
  CKR_WRAPPED_KEY_LEN_RANGE(0x112, Kind.BAD_INPUT),
  CKR_WRAPPING_KEY_HANDLE_INVALID(0x113, Kind.HANDLE_STALE),
  CKR_WRAPPING_KEY_SIZE_RANGE(0x114, Kind.BAD_INPUT),
  CKR_WRAPPING_KEY_TYPE_INCONSISTENT(0x115, Kind.BAD_INPUT),
  CKR_RANDOM_SEED_NOT_SUPPORTED(0x120, Kind.UNSUPPORTED),
  CKR_RANDOM_NO_RNG(0x121, Kind.UNSUPPORTED),
  CKR_DOMAIN_PARAMS_INVALID(0x130, Kind.BAD_INPUT),
  CKR_CURVE_NOT_SUPPORTED(0x140, Kind.UNSUPPORTED),
  CKR_BUFFER_TOO_SMALL(0x150, Kind.DEVICE_FAILED),
  CKR_SAVED_STATE_INVALID(0x160, Kind.DEVICE_FAILED),
  CKR_INFORMATION_SENSITIVE(0x170, Kind.DENIED),
  CKR_STATE_UNSAVEABLE(0x180, Kind.DEVICE_FAILED),
  CKR_CRYPTOKI_NOT_INITIALIZED(0x190, Kind.SESSION_LOST),
  CKR_CRYPTOKI_ALREADY_INITIALIZED(0x191, Kind.DEVICE_FAILED),
  CKR_MUTEX_BAD(0x1A0, Kind.DEVICE_FAILED),
  CKR_MUTEX_NOT_LOCKED(0x1A1, Kind.DEVICE_FAILED),
  CKR_NEW_PIN_MODE(0x1B0, Kind.DEVICE_FAILED),
  CKR_NEXT_OTP(0x1B1, Kind.DEVICE_FAILED),
  CKR_EXCEEDED_MAX_ITERATIONS(0x1B5, Kind.DEVICE_FAILED),
  CKR_FIPS_SELF_TEST_FAILED(0x1B6, Kind.DEVICE_FAILED),
  CKR_LIBRARY_LOAD_FAILED(0x1B7, Kind.DEVICE_FAILED),
  CKR_PIN_TOO_WEAK(0x1B8, Kind.DENIED),
  CKR_PUBLIC_KEY_INVALID(0x1B9, Kind.BAD_INPUT),
  CKR_FUNCTION_REJECTED(0x200, Kind.DENIED),
  CKR_TOKEN_RESOURCE_EXCEEDED(0x201, Kind.BUSY),
  CKR_OPERATION_CANCEL_FAILED(0x202, Kind.DEVICE_FAILED),
  /** Any number that is not in the table, vendors' own among them. */
  UNKNOWN(-1, Kind.DEVICE_FAILED);

  private static final int MOST_REPEATS = 3;

  private enum Kind {
    FINE,
    SESSION_LOST,
    HANDLE_STALE,
    BAD_INPUT,
    UNSUPPORTED,
    NOT_AUTHENTIC,
    DENIED,
    BUSY,
    DEVICE_FALTERS,
    DEVICE_FAILED;

    // What no caller chose, no caller did wrong.
    private Kind ofOurCall() {
      return switch (this) {
        case HANDLE_STALE, BAD_INPUT, UNSUPPORTED, NOT_AUTHENTIC -> DEVICE_FAILED;
        case FINE, SESSION_LOST, DENIED, BUSY, DEVICE_FALTERS, DEVICE_FAILED -> this;
      };
    }
  }

  /** Functions whose arguments are none of the caller's. */
  private static final Set<String> OURS =
      Set.of(
          "C_GetSlotList",
          "C_GetTokenInfo",
          "C_OpenSession",
          "C_GetSessionInfo",
          "C_Login",
          "C_FindObjectsInit",
          "C_FindObjects",
          "C_FindObjectsFinal");

  private static final Map<Long, ReturnCode> BY_VALUE =
      Stream.of(values()).collect(Collectors.toMap(c -> c.value, Function.identity()));

  private final long value;
  private final Kind kind;

  ReturnCode(long value, Kind kind) {
    this.value = value;
    this.kind = kind;
  }

  long value() {
    return value;
  }

  static ReturnCode of(long value) {
    return BY_VALUE.getOrDefault(value, UNKNOWN);
  }

  /** The standard's name, or {@code 0x80000001} for a number that is not in the table. */
  static String nameOf(long value) {
    ReturnCode known = of(value);
    return known == UNKNOWN ? "0x" + Long.toHexString(value) : known.name();
  }

  /**
   * How often an operation that was answered so is done again, in another session and with a new
   * login if that one is gone.
   */
  int repeats() {
    return switch (kind) {
      case SESSION_LOST -> MOST_REPEATS;
      // Where bad input is answered so, too, more would only make it slow.
      case DEVICE_FALTERS -> ambiguous() ? 1 : MOST_REPEATS;
      default -> 0;
    };
  }

  /**
   * Whether the device, its library or its sessions are at fault, whatever was asked. What is
   * {@link #ambiguous} is not among them.
   */
  boolean deviceFailed() {
    return switch (kind) {
      case SESSION_LOST, BUSY, DEVICE_FAILED -> true;
      case DEVICE_FALTERS -> !ambiguous();
      case FINE, HANDLE_STALE, BAD_INPUT, UNSUPPORTED, NOT_AUTHENTIC, DENIED -> false;
    };
  }

  /** Whether there is no token in that slot, or no such slot any more. */
  boolean tokenAway() {
    return switch (this) {
      case CKR_SLOT_ID_INVALID,
          CKR_DEVICE_REMOVED,
          CKR_TOKEN_NOT_PRESENT,
          CKR_TOKEN_NOT_RECOGNIZED ->
          true;
      default -> false;
    };
  }

  /** Whether finalising and initialising the library may help, where nothing less does. */
  boolean libraryBroken() {
    return kind == Kind.DEVICE_FALTERS || this == CKR_DEVICE_ERROR;
  }

  /** Whether the device refused the PIN itself, so that trying again may lock the token. */
  boolean pinRefused() {
    return switch (this) {
      case CKR_PIN_INCORRECT,
          CKR_PIN_INVALID,
          CKR_PIN_LEN_RANGE,
          CKR_PIN_EXPIRED,
          CKR_PIN_LOCKED,
          CKR_USER_PIN_NOT_INITIALIZED ->
          true;
      default -> false;
    };
  }

  /** Whether looking the object up again may help. */
  boolean handleStale() {
    return kind == Kind.HANDLE_STALE;
  }

  /**
   * Whether a device may mean either its own failure or a tag, padding or wrapping that does not
   * verify: SoftHSM2 answers {@code CKR_GENERAL_ERROR} for all of them.
   */
  boolean ambiguous() {
    return this == CKR_GENERAL_ERROR || this == CKR_FUNCTION_FAILED;
  }

  /** Whether the device says that what came out of a wrapping has no length of its kind of key. */
  boolean lengthRefused() {
    return this == CKR_KEY_SIZE_RANGE || this == CKR_WRAPPED_KEY_LEN_RANGE;
  }

  /** Whether the device says that it does not keep such attributes. */
  boolean templateRefused() {
    return switch (this) {
      case CKR_ATTRIBUTE_READ_ONLY,
          CKR_ATTRIBUTE_TYPE_INVALID,
          CKR_ATTRIBUTE_VALUE_INVALID,
          CKR_TEMPLATE_INCOMPLETE,
          CKR_TEMPLATE_INCONSISTENT ->
          true;
      default -> false;
    };
  }

  /** Whether the device says that the mechanism's parameters do not suit it. */
  boolean parametersRefused() {
    return this == CKR_ARGUMENTS_BAD || this == CKR_MECHANISM_PARAM_INVALID;
  }

  /** Whether the device may want the point of a public key in another form. */
  boolean pointRefused() {
    return parametersRefused()
        || this == CKR_DOMAIN_PARAMS_INVALID
        || this == CKR_PUBLIC_KEY_INVALID;
  }

  /** Whether the device may have the mechanism, but not with this curve. */
  boolean curveRefused() {
    return pointRefused()
        || ambiguous()
        || this == CKR_CURVE_NOT_SUPPORTED
        || this == CKR_ATTRIBUTE_VALUE_INVALID
        || this == CKR_TEMPLATE_INCONSISTENT;
  }

  /**
   * The exception that callers of the binding get.
   *
   * @param what what was tried, on what: {@code token "payments": encrypt with key "x"}
   */
  static HsmException exception(CkException e, String what) {
    String name = nameOf(e.returnValue());
    HsmException.Answer answer = new HsmException.Answer(e.function(), e.returnValue(), name);
    String said = what + ": " + e.function() + " answered " + name;
    return switch (OURS.contains(e.function()) ? e.code().kind.ofOurCall() : e.code().kind) {
      case BAD_INPUT -> badInput(e, said, answer);
      case HANDLE_STALE ->
          new HsmException.KeyNotFound(said + "; the key was destroyed meanwhile", e, answer, null);
      case UNSUPPORTED ->
          new HsmException.UnsupportedMechanism(
              said + "; see which mechanisms the device has", e, answer, null);
      case NOT_AUTHENTIC ->
          new HsmException.AuthenticationFailed(
              said + "; the bytes were altered, or made with another key", e, answer, null);
      case DENIED -> new HsmException.AccessDenied(said + "; " + denial(e), e, answer, null);
      case BUSY ->
          new HsmException.Throttled(
              said + "; lower x-sessions, or close other users of the token", e, answer, null);
      case FINE, SESSION_LOST, DEVICE_FALTERS, DEVICE_FAILED ->
          new HsmException.DeviceUnavailable(
              said + "; check the device, its library and its logs", e, answer, null);
    };
  }

  // A wrapping key's template that forbids what the caller wants is policy, not a mistake.
  private static HsmException badInput(CkException e, String said, HsmException.Answer answer) {
    boolean policy = e.code() == CKR_TEMPLATE_INCONSISTENT && e.function().equals("C_UnwrapKey");
    return policy
        ? new HsmException.AccessDenied(
            said
                + "; the unwrapping key allows only what its UNWRAP_TEMPLATE says (mostly:"
                + " sensitive and not extractable)",
            e,
            answer,
            null)
        : new HsmException.BadInput(
            said + "; check the key's type and usages and the input's size", e, answer, null);
  }

  private static String denial(CkException e) {
    return switch (e.code()) {
      case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE ->
          "the PIN was refused and is not tried again, lest the token lock; put the right one into"
              + " the file that pin-source names, which is noticed, or open again";
      case CKR_PIN_LOCKED ->
          "the token's security officer has to set a new PIN; put it into the file that pin-source"
              + " names, which is noticed, or open again";
      case CKR_USER_PIN_NOT_INITIALIZED, CKR_PIN_EXPIRED ->
          "set the user's PIN with the device's own tool, and put it into the file that pin-source"
              + " names, which is noticed, or open again";
      case CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
          CKR_SESSION_READ_ONLY_EXISTS,
          CKR_SESSION_READ_WRITE_SO_EXISTS,
          CKR_USER_TOO_MANY_TYPES ->
          "a process is either user or officer of a token: close the other first, or use another"
              + " process";
      case CKR_KEY_UNEXTRACTABLE -> "the key was made never to leave the device";
      case CKR_KEY_NOT_WRAPPABLE -> "the key may be wrapped only to a TRUSTED key, or not at all";
      default -> "the key's or the token's protection forbids it";
    };
  }
}
