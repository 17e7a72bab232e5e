package io.strongroom.softhsm;

/**
 * SoftHSM2 is missing, or a token could not be made, opened or reset; the message says what to do.
 */
public final class SoftHsmException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SoftHsmException(String message) {
    super(message);
  }

  SoftHsmException(String message, Throwable cause) {
    super(message, cause);
  }
}
