package io.strongroom.custody;

/**
 * Why custody did not do what was asked: five kinds, which the command line turns into exit codes,
 * each with a {@link Reason} that programs can tell apart. The message says what was got, what was
 * wanted and what to do; it never holds a secret. Whatever was under way has been undone.
 */
public abstract sealed class CustodyException extends RuntimeException {

  /** What exactly was wrong. */
  public enum Reason {
    /** The key's state does not allow it. */
    KEY_STATE,
    /** The key's usage or spec does not allow it. */
    KEY_USAGE,
    /** The key's material comes from the HSM, where imported material is wanted, or vice versa. */
    KEY_ORIGIN,
    /** The key has as many tags as it can have. */
    TOO_MANY_TAGS,
    /** The alias exists already. */
    ALIAS_EXISTS,
    /** The alias points at another key than was expected, or at this one already. */
    ALIAS_MOVED,
    /** The alias has not moved, or its last move was undone already. */
    NOTHING_TO_UNDO,
    /** The tokens of the cluster do not agree on a key, or too few of them hold it. */
    NO_QUORUM,
    /** Another call is at work on the same key. */
    UNDER_WAY,
    /** The device cannot do this at all. */
    NOT_SUPPORTED,
    /** The device or a node refuses this caller. */
    ACCESS_DENIED,
    /** There is no such key. */
    NO_SUCH_KEY,
    /** There is no such store. */
    NO_SUCH_STORE,
    /** There was such a key; its day has come. */
    KEY_DESTROYED,
    /** There is no such alias. */
    NO_SUCH_ALIAS,
    /** The HSM did not answer, or not in time. */
    DEVICE,
    /** The store knows the key, the HSM does not have it. */
    KEY_MISSING,
    /** The store could not be read or written. */
    STORE,
    /** The store was restored from an older backup: the HSM has vouched for records it lacks. */
    ROLLED_BACK,
    /** There is no restored store to accept: the HSM has vouched for nothing that it lacks. */
    NOT_ROLLED_BACK,
    /** Ciphertext or context is not what was encrypted. */
    AUTHENTICATION,
    /** A name, number or format is malformed. */
    MALFORMED,
    /** The plaintext is longer than {@link KeyService#MAX_PLAINTEXT_BYTES}. */
    TOO_LONG,
    /** The import token is cut off, text, or no import token at all. */
    TOKEN_MALFORMED,
    /** The import token was issued by another store. */
    TOKEN_OF_OTHER_STORE,
    /** The import token was not issued by this store, or was changed since. */
    TOKEN_UNKNOWN,
    /** The store binds the import token to something else than it was issued for. */
    TOKEN_ALTERED,
    /** The import token is too old. */
    TOKEN_EXPIRED,
    /** The import token was used for a successful import already. */
    TOKEN_USED,
    /** The import token belongs to another key. */
    TOKEN_OF_OTHER_KEY,
    /** The wrapped material is text (hexadecimal, base64, PEM), where its bytes are wanted. */
    WRAPPED_AS_TEXT,
    /** The wrapped material has a length that the token's wrapping key never gives. */
    WRAPPED_LENGTH,
    /** The wrapped material looks as if it were wrapped with another algorithm than the token's. */
    WRAPPED_OTHERWISE,
    /** The wrapped material does not open under the token's wrapping key. */
    MATERIAL_NOT_OPENED,
    /** The material has another length than the key's spec. */
    MATERIAL_LENGTH,
    /** The material is a private key of another kind than the key's spec, or of another pair. */
    MATERIAL_KIND,
    /** The material is one that everybody knows: one byte repeated, or 00 01 02 and so on. */
    MATERIAL_WEAK,
    /** The public key that goes with a private key is missing, or not of the key's spec. */
    PUBLIC_KEY,
    /** The material has another key check value than was expected. */
    CHECK_VALUE,
    /** The material is not that which the key had before. */
    OTHER_MATERIAL,
    /** A component or share of a key ceremony, or what they make together, will not do. */
    COMPONENT,
    /** A key ceremony was given up before its end. */
    ABANDONED,
    /** This machine or process cannot protect secrets that are entered. */
    UNPROTECTED
  }

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  private CustodyException(Reason reason, String message, Throwable... cause) {
    super(message, cause.length == 0 ? null : cause[0]);
    this.reason = reason;
  }

  /** What exactly was wrong. */
  public final Reason reason() {
    return reason;
  }

  /** Policy or state forbid it; asking again does not help before one of them changes. */
  public static final class Refused extends CustodyException {
    private static final long serialVersionUID = 1L;

    /** Refuses for this reason. */
    public Refused(Reason reason, String message, Throwable... cause) {
      super(reason, message, cause);
    }
  }

  /** There is no such key or alias. */
  public static final class NotFound extends CustodyException {
    private static final long serialVersionUID = 1L;

    NotFound(Reason reason, String message, Throwable... cause) {
      super(reason, message, cause);
    }
  }

  /** The HSM or the store cannot be used now. */
  public static final class Unavailable extends CustodyException {
    private static final long serialVersionUID = 1L;

    /** Cannot be done now, for this reason. */
    public Unavailable(Reason reason, String message, Throwable... cause) {
      super(reason, message, cause);
    }
  }

  /** Ciphertext, tag or encryption context do not belong together. */
  public static final class AuthenticationFailed extends CustodyException {
    private static final long serialVersionUID = 1L;

    /** Finds them not to belong together. */
    public AuthenticationFailed(String message, Throwable... cause) {
      super(Reason.AUTHENTICATION, message, cause);
    }
  }

  /** What was handed in is wrong: material, token, name, format, size. */
  public static final class BadInput extends CustodyException {
    private static final long serialVersionUID = 1L;

    /** Rejects what was handed in, for this reason. */
    public BadInput(Reason reason, String message, Throwable... cause) {
      super(reason, message, cause);
    }
  }
}
