package io.strongroom.provider.spi;

import io.strongroom.hsm.HsmException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyStoreException;
import java.security.ProviderException;
import java.security.SignatureException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.IllegalBlockSizeException;
import org.jspecify.annotations.Nullable;

/**
 * Makes JCA exceptions out of the waist's; nothing else does. Each method runs a call and throws
 * what that kind of engine may throw. What is wrong with the device rather than with the call is
 * always a {@link ProviderException}, so that a fault never looks like tampering. Messages and
 * causes are kept.
 */
final class JcaExceptions {

  private JcaExceptions() {}

  /** For AEAD ciphers: a tag that does not verify is an {@link AEADBadTagException}. */
  static <T> T aead(Supplier<T> call) throws IllegalBlockSizeException, AEADBadTagException {
    try {
      return call.get();
    } catch (HsmException.AuthenticationFailed e) {
      throw caused(new AEADBadTagException(e.text()), e);
    } catch (HsmException.BadInput e) {
      throw caused(new IllegalBlockSizeException(e.text()), e);
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** For the other ciphers: what does not open is a {@link BadPaddingException}. */
  static <T> T cipher(Supplier<T> call) throws IllegalBlockSizeException, BadPaddingException {
    try {
      return call.get();
    } catch (HsmException.AuthenticationFailed e) {
      throw caused(new BadPaddingException(e.text()), e);
    } catch (HsmException.BadInput e) {
      throw caused(new IllegalBlockSizeException(e.text()), e);
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** For signatures. */
  static <T> T signature(Supplier<T> call) throws SignatureException {
    try {
      return call.get();
    } catch (HsmException.BadInput | HsmException.KeyNotFound e) {
      throw new SignatureException(e.text(), e);
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** For finding a key. */
  static <T> T invalidKey(Supplier<T> call) throws InvalidKeyException {
    try {
      return call.get();
    } catch (HsmException.BadInput | HsmException.KeyNotFound e) {
      throw new InvalidKeyException(e.text(), e);
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** For wrapping and unwrapping: a key that cannot, or bytes that hold none. */
  static <T> T wrapping(Supplier<T> call) throws InvalidKeyException {
    try {
      return call.get();
    } catch (HsmException.BadInput
        | HsmException.KeyNotFound
        | HsmException.KeyExists
        | HsmException.AuthenticationFailed
        | HsmException.AccessDenied
        | HsmException.UnsupportedMechanism e) {
      throw new InvalidKeyException(e.text(), e);
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** For trying out whether a device takes an algorithm's parameters. */
  static boolean takes(BooleanSupplier call) throws InvalidKeyException {
    try {
      return call.getAsBoolean();
    } catch (HsmException.UnsupportedMechanism | HsmException.AuthenticationFailed e) {
      return false;
    } catch (HsmException.BadInput | HsmException.KeyNotFound e) {
      throw new InvalidKeyException(e.text(), e);
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** For reading the parameters of a new key. */
  static <T> T parameters(Supplier<T> call) throws InvalidAlgorithmParameterException {
    try {
      return call.get();
    } catch (HsmException.BadInput e) {
      throw new InvalidAlgorithmParameterException(e.text(), e);
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** For changes of a key store. */
  static void keyStore(Runnable call) throws KeyStoreException {
    try {
      call.run();
    } catch (HsmException.KeyNotFound
        | HsmException.KeyExists
        | HsmException.BadInput
        | HsmException.AccessDenied
        | HsmException.UnsupportedMechanism e) {
      throw new KeyStoreException(e.text(), e);
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** For methods that may throw unchecked exceptions only. */
  static <T> T unchecked(Supplier<T> call) {
    try {
      return call.get();
    } catch (HsmException | IllegalStateException e) {
      throw provider(e);
    }
  }

  /** What may not be there: null then, and where a name fits several or cannot be one. */
  static <T> @Nullable T orNull(Supplier<T> call) {
    try {
      return call.get();
    } catch (HsmException.KeyNotFound | HsmException.BadInput e) {
      return null;
    }
  }

  /** For undoing after a failure, which is what the caller must see. */
  static void quietly(Runnable call) {
    try {
      call.run();
    } catch (HsmException | IllegalStateException e) {
      System.getLogger(JcaExceptions.class.getName())
          .log(System.Logger.Level.WARNING, "event=undo_failed reason=\"{0}\"", e.getMessage());
    }
  }

  /** For tidying what may be gone already, when nobody waits for it. */
  static void tidying(Runnable call) {
    try {
      call.run();
    } catch (HsmException | IllegalStateException e) {
      System.getLogger(JcaExceptions.class.getName())
          .log(System.Logger.Level.DEBUG, "event=tidying_failed reason=\"{0}\"", e.getMessage());
    }
  }

  private static <E extends Exception> E caused(E exception, Throwable cause) {
    exception.initCause(cause);
    return exception;
  }

  private static ProviderException provider(RuntimeException e) {
    return new ProviderException(e.getMessage(), e);
  }
}
