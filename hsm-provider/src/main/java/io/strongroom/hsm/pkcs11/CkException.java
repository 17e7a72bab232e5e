package io.strongroom.hsm.pkcs11;

/**
 * A PKCS#11 function answered something other than {@code CKR_OK}. Stays inside this package;
 * {@link ReturnCode} turns it into an {@link io.strongroom.hsm.HsmException}.
 */
final class CkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String function;
  private final long returnValue;

  CkException(String function, long returnValue) {
    // Without a stack: it is always rethrown as an HsmException, which has one.
    super(function + " answered " + ReturnCode.nameOf(returnValue), null, false, false);
    this.function = function;
    this.returnValue = returnValue;
  }

  CkException(String function, ReturnCode code) {
    this(function, code.value());
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
