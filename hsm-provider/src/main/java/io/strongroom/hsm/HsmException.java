package io.strongroom.hsm;

import org.jspecify.annotations.Nullable;

/**
 * What can go wrong with an HSM: one small closed set. The message says what was got, what was
 * wanted and what to do; it never holds a secret. Immutable.
 */
public abstract sealed class HsmException extends RuntimeException {

  /**
   * Where a device's answer came from.
   *
   * @param function the PKCS#11 function that answered, {@code C_Decrypt}
   * @param returnValue the {@code CKR_*} number
   * @param returnName its name, {@code CKR_DEVICE_ERROR}
   */
  public record Answer(String function, long returnValue, String returnName) {}

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Answer answer;
  private final @Nullable String node;

  private HsmException(
      String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
    super(message, cause);
    this.answer = answer;
    this.node = node;
  }

  /** The device's own answer; null where no device was asked. */
  public @Nullable Answer answer() {
    return answer;
  }

  /** The node that answered; null outside a cluster. */
  public @Nullable String node() {
    return node;
  }

  /**
   * Whether the same call may succeed on another node, and is safe to send there: true for what is
   * wrong with this device rather than with the call.
   */
  public abstract boolean repeatElsewhere();

  /** The same exception as seen on this node of a cluster. */
  public abstract HsmException at(String nodeName);

  /** The message, which every exception of this tree has. */
  public final String text() {
    return String.valueOf(getMessage());
  }

  /** There is no key with that id or label. */
  public static final class KeyNotFound extends HsmException {
    private static final long serialVersionUID = 1L;

    public KeyNotFound(String message) {
      this(message, null, null, null);
    }

    public KeyNotFound(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public KeyNotFound(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return true;
    }

    @Override
    public KeyNotFound at(String nodeName) {
      return new KeyNotFound(text(), this, answer(), nodeName);
    }
  }

  /** A key with that id or label exists already; nothing was overwritten. */
  public static final class KeyExists extends HsmException {
    private static final long serialVersionUID = 1L;

    public KeyExists(String message) {
      this(message, null, null, null);
    }

    public KeyExists(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public KeyExists(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return false;
    }

    @Override
    public KeyExists at(String nodeName) {
      return new KeyExists(text(), this, answer(), nodeName);
    }
  }

  /** The device lacks the mechanism; the message names it and the nearest one it has. */
  public static final class UnsupportedMechanism extends HsmException {
    private static final long serialVersionUID = 1L;

    public UnsupportedMechanism(String message) {
      this(message, null, null, null);
    }

    public UnsupportedMechanism(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public UnsupportedMechanism(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return false;
    }

    @Override
    public UnsupportedMechanism at(String nodeName) {
      return new UnsupportedMechanism(text(), this, answer(), nodeName);
    }
  }

  /** The call itself is wrong: a size, a type, a usage, a format. */
  public static final class BadInput extends HsmException {
    private static final long serialVersionUID = 1L;

    public BadInput(String message) {
      this(message, null, null, null);
    }

    public BadInput(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public BadInput(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return false;
    }

    @Override
    public BadInput at(String nodeName) {
      return new BadInput(text(), this, answer(), nodeName);
    }
  }

  /** A tag, padding, signature or wrapping did not verify. */
  public static final class AuthenticationFailed extends HsmException {
    private static final long serialVersionUID = 1L;

    public AuthenticationFailed(String message) {
      this(message, null, null, null);
    }

    public AuthenticationFailed(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public AuthenticationFailed(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return false;
    }

    @Override
    public AuthenticationFailed at(String nodeName) {
      return new AuthenticationFailed(text(), this, answer(), nodeName);
    }
  }

  /** The device or a node refuses: PIN, role, protection. */
  public static final class AccessDenied extends HsmException {
    private static final long serialVersionUID = 1L;

    public AccessDenied(String message) {
      this(message, null, null, null);
    }

    public AccessDenied(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public AccessDenied(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return false;
    }

    @Override
    public AccessDenied at(String nodeName) {
      return new AccessDenied(text(), this, answer(), nodeName);
    }
  }

  /** Too much is under way; try again later. */
  public static final class Throttled extends HsmException {
    private static final long serialVersionUID = 1L;

    public Throttled(String message) {
      this(message, null, null, null);
    }

    public Throttled(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public Throttled(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return true;
    }

    @Override
    public Throttled at(String nodeName) {
      return new Throttled(text(), this, answer(), nodeName);
    }
  }

  /** No answer within the deadline; the work may still have been done. */
  public static final class DeadlineExceeded extends HsmException {
    private static final long serialVersionUID = 1L;

    public DeadlineExceeded(String message) {
      this(message, null, null, null);
    }

    public DeadlineExceeded(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public DeadlineExceeded(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return true;
    }

    @Override
    public DeadlineExceeded at(String nodeName) {
      return new DeadlineExceeded(text(), this, answer(), nodeName);
    }
  }

  /** The device, its library or its node cannot be used now. */
  public static final class DeviceUnavailable extends HsmException {
    private static final long serialVersionUID = 1L;

    public DeviceUnavailable(String message) {
      this(message, null, null, null);
    }

    public DeviceUnavailable(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public DeviceUnavailable(
        String message, @Nullable Throwable cause, @Nullable Answer answer, @Nullable String node) {
      super(message, cause, answer, node);
    }

    @Override
    public boolean repeatElsewhere() {
      return true;
    }

    @Override
    public DeviceUnavailable at(String nodeName) {
      return new DeviceUnavailable(text(), this, answer(), nodeName);
    }
  }
}
