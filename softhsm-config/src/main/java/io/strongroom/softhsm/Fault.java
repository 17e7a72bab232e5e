package io.strongroom.softhsm;

import java.time.Duration;

/**
 * What a {@link FaultyLibrary} does to calls of one function: {@code
 * Fault.on("C_Sign").nth(3).returns("CKR_DEVICE_ERROR")}. Without more it hits the first call and
 * no other. Immutable; each method gives another fault.
 *
 * <p>A delay, what happens to the library or its token, and an answer can be had together, and come
 * in this order. A fault without an answer lets the call go on to the real library.
 */
public final class Fault {
  private static final long EVERY_FUNCTION = 0xFFFF;
  private static final long REMOVED = Names.returnValue("CKR_DEVICE_REMOVED");

  /** What happens apart from the answer; the same order as in faults.c. */
  enum Effect {
    NOTHING,
    HANG,
    CRASH,
    LOSE_SESSIONS,
    LOG_OUT,
    FINALISE,
    REMOVE_TOKEN,
    RETURN_TOKEN,
    LOSE_OBJECT_HANDLES,
    BREAK_LIBRARY
  }

  /** When a call is answered; the same order as in faults.c. */
  enum Answer {
    BY_THE_LIBRARY,
    INSTEAD_OF_THE_CALL,
    AFTER_THE_CALL
  }

  /**
   * A fault as its control file has it.
   *
   * @param function its place in {@code CK_FUNCTION_LIST}
   * @param nth the first call that it hits
   * @param times how many it hits
   * @param delayMicros how long such a call waits first
   */
  record Parts(
      long function,
      long nth,
      long times,
      long delayMicros,
      Effect effect,
      long argument,
      Answer answers,
      long returnValue) {}

  private final Parts parts;

  private Fault(Parts parts) {
    this.parts = parts;
  }

  /**
   * A fault that hits the first call of a function.
   *
   * @param function its name in the standard, {@code C_Sign}, or {@code *} for every function
   * @throws IllegalArgumentException if PKCS#11 v2.40 has no such function
   */
  public static Fault on(String function) {
    long place = function.equals("*") ? EVERY_FUNCTION : Names.function(function);
    return new Fault(new Parts(place, 1, 1, 0, Effect.NOTHING, 0, Answer.BY_THE_LIBRARY, 0));
  }

  /**
   * From which call on, counted from 1 since the fault was set.
   *
   * @throws IllegalArgumentException if {@code call} is less than 1
   */
  public Fault nth(long call) {
    requirePositive(call, "a call's number");
    return new Fault(
        new Parts(
            parts.function,
            call,
            parts.times,
            parts.delayMicros,
            parts.effect,
            parts.argument,
            parts.answers,
            parts.returnValue));
  }

  /**
   * How many calls one after the other.
   *
   * @throws IllegalArgumentException if {@code calls} is less than 1
   */
  public Fault times(long calls) {
    requirePositive(calls, "the number of calls");
    return new Fault(
        new Parts(
            parts.function,
            parts.nth,
            calls,
            parts.delayMicros,
            parts.effect,
            parts.argument,
            parts.answers,
            parts.returnValue));
  }

  /** For each call, from the {@link #nth} on, until the list of faults is changed. */
  public Fault always() {
    return times(Long.MAX_VALUE);
  }

  /**
   * The call waits first.
   *
   * @param wait from a microsecond up
   * @throws IllegalArgumentException if {@code wait} is shorter
   */
  public Fault delays(Duration wait) {
    long micros = wait.toNanos() / 1_000;
    requirePositive(micros, "a delay in microseconds");
    return new Fault(
        new Parts(
            parts.function,
            parts.nth,
            parts.times,
            micros,
            parts.effect,
            parts.argument,
            parts.answers,
            parts.returnValue));
  }

  /** The call does not come back until {@link FaultyLibrary#release} or {@code close}. */
  public Fault hangs() {
    return with(Effect.HANG, 0);
  }

  /** The process ends by {@code SIGABRT}, as when a library corrupts its memory. */
  public Fault crashes() {
    return with(Effect.CRASH, 0);
  }

  /** All sessions of the process are closed, and its login with them. */
  public Fault losesSessions() {
    return with(Effect.LOSE_SESSIONS, 0);
  }

  /** The process is logged out; its sessions stay. */
  public Fault logsOut() {
    return with(Effect.LOG_OUT, 0);
  }

  /** The real library is finalised; all answers {@code CKR_CRYPTOKI_NOT_INITIALIZED} then. */
  public Fault finalises() {
    return with(Effect.FINALISE, 0);
  }

  /**
   * The token is taken out: no slot has one, sessions are lost and answer {@code
   * CKR_DEVICE_REMOVED}, until {@link #returnsToken} or {@link FaultyLibrary#returnToken}.
   */
  public Fault removesToken() {
    return with(Effect.REMOVE_TOKEN, REMOVED);
  }

  /** The token is back, in a slot of another number. */
  public Fault returnsToken() {
    return with(Effect.RETURN_TOKEN, 1);
  }

  /** Object handles that were given out become invalid, as if the objects were new ones. */
  public Fault losesObjectHandles() {
    return with(Effect.LOSE_OBJECT_HANDLES, 0);
  }

  /**
   * Every function answers this until the library is finalised and initialised again.
   *
   * @throws IllegalArgumentException if PKCS#11 has no such return value, or it is {@code CKR_OK}
   */
  public Fault breaksLibrary(String returnValue) {
    return with(Effect.BREAK_LIBRARY, error(Names.returnValue(returnValue)));
  }

  /**
   * The call is not done, and answers this.
   *
   * @param returnValue its name in the standard, {@code CKR_DEVICE_ERROR}
   * @throws IllegalArgumentException if PKCS#11 has no such return value, or it is {@code CKR_OK}
   */
  public Fault returns(String returnValue) {
    return returns(Names.returnValue(returnValue));
  }

  /**
   * The call is not done, and answers this: for numbers that the standard does not name, such as a
   * vendor's from {@code 0x80000000} up.
   *
   * @throws IllegalArgumentException if it is 0, {@code CKR_OK}
   */
  public Fault returns(long returnValue) {
    return with(Answer.INSTEAD_OF_THE_CALL, error(returnValue));
  }

  /**
   * The call is done, and answers this nevertheless: as when the answer was lost on its way.
   *
   * @param returnValue its name in the standard, {@code CKR_DEVICE_ERROR}
   * @throws IllegalArgumentException if PKCS#11 has no such return value, or it is {@code CKR_OK}
   */
  public Fault returnsAfterwards(String returnValue) {
    return with(Answer.AFTER_THE_CALL, error(Names.returnValue(returnValue)));
  }

  /**
   * As the control file has it.
   *
   * @throws IllegalArgumentException if it would do nothing
   */
  Parts parts() {
    if (parts.delayMicros == 0
        && parts.effect == Effect.NOTHING
        && parts.answers == Answer.BY_THE_LIBRARY) {
      throw new IllegalArgumentException(
          "a fault that does nothing; say what it does, .returns(\"CKR_DEVICE_ERROR\") for one");
    }
    return parts;
  }

  private Fault with(Effect effect, long argument) {
    if (parts.effect != Effect.NOTHING) {
      throw new IllegalArgumentException(
          "a fault has one effect, and this one has " + parts.effect + "; add a second fault");
    }
    return new Fault(
        new Parts(
            parts.function,
            parts.nth,
            parts.times,
            parts.delayMicros,
            effect,
            argument,
            parts.answers,
            parts.returnValue));
  }

  private Fault with(Answer answer, long returnValue) {
    return new Fault(
        new Parts(
            parts.function,
            parts.nth,
            parts.times,
            parts.delayMicros,
            parts.effect,
            parts.argument,
            answer,
            returnValue));
  }

  private static long error(long returnValue) {
    if (returnValue == 0) {
      throw new IllegalArgumentException(
          "CKR_OK is no fault: the output would be missing; leave the answer away");
    }
    return returnValue;
  }

  private static void requirePositive(long number, String what) {
    if (number < 1) {
      throw new IllegalArgumentException(what + " is 1 or more, not " + number);
    }
  }
}
