package io.strongroom.hsm.pkcs11;

/**
 * A PKCS#11 function answered something other than {@code CKR_OK}. Stays inside this package;
 * {@link ReturnCode} turns it into an {@link io.strongroom.hsm.HsmException}.
 */
final class CkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String function;
  private final long returnValue;
  private final boolean suspected;

  CkException(String function, long returnValue) {
    this(function, returnValue, false);
  }

  private CkException(String function, long returnValue, boolean suspected) {
    // Without a stack: it is always rethrown as an HsmException, which has one.
    super(function + " answered " + ReturnCode.nameOf(returnValue), null, false, false);
    this.function = function;
    this.returnValue = returnValue;
    this.suspected = suspected;
  }

  CkException(String function, ReturnCode code) {
    this(function, code.value());
  }

  /**
   * What an answer probably means that may also be a failure of the device's own; it has to be seen
   * twice to be believed.
   */
  static CkException suspected(String function, ReturnCode meaning) {
    return new CkException(function, meaning.value(), true);
  }

  /** How often the operation is done again. */
  int repeats() {
    return suspected ? 1 : code().repeats();
  }

  String function() {
    return function;
  }

  long returnValue() {
    return returnValue;
  }

  ReturnCode code() {
    return ReturnCode.of(returnValue);
  }
}
