package io.strongroom.provider.spi;

import io.strongroom.hsm.token.SharedToken;
import java.lang.ref.WeakReference;
import java.security.AuthProvider;
import java.security.InvalidParameterException;
import java.security.Key;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginException;

/**
 * One SunPKCS11 instance over the token of an {@code Hsm}. It lives under the login of the {@code
 * Hsm} and knows no PIN. It is not repaired when sessions are lost, but left behind for a new one.
 */
final class Delegate {

  private static final System.Logger LOG = System.getLogger(Delegate.class.getName());
  private static final String SUN_PKCS11 = "SunPKCS11";

  // As firmly held as our own keys; and never initialised or logged out by SunPKCS11's own doing.
  private static final String CONFIGURATION =
      """
      --name = Strongroom-%d-%d
      library = "%s"
      slot = %d
      omitInitialize = true
      destroyTokenAfterLogout = true
      cleaner.shortInterval = 1000
      cleaner.longInterval = 1000
      attributes(generate,CKO_SECRET_KEY,*) = {
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
      }
      attributes(import,CKO_SECRET_KEY,*) = {
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
      }
      attributes(generate,CKO_PRIVATE_KEY,*) = {
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
      }
      """;

  /**
   * Keys of instances that were left behind. SunPKCS11 destroys the object of a session key when
   * the garbage collector finds the key, by a handle that in a library that was started again is
   * somebody else's key: so these are never found. A few for each loss.
   */
  private static final Queue<Key> NEVER_FREED = new ConcurrentLinkedQueue<>();

  private final Provider provider;
  private final List<WeakReference<Key>> keys = new ArrayList<>();

  private Delegate(Provider provider) {
    this.provider = provider;
  }

  /** Whether this Java runtime has SunPKCS11 at all: its module can be left out of an image. */
  static boolean isPossible() {
    return Security.getProvider(SUN_PKCS11) != null;
  }

  /**
   * Makes an instance.
   *
   * @param number how many there were before, for its name
   * @throws ProviderException if it cannot be made
   */
  static Delegate open(SharedToken.Place place, int number) {
    Provider blank = Security.getProvider(SUN_PKCS11);
    if (blank == null) {
      throw new ProviderException("SunPKCS11 was taken out of this Java runtime's providers");
    }
    long began = System.nanoTime();
    Provider provider = configured(blank, place, number);
    if (provider instanceof AuthProvider login) {
      login.setCallbackHandler(callbacks -> {
        throw new UnsupportedCallbackException(callbacks[0], "the HSM's own login is used");
      });
    }
    LOG.log(
        System.Logger.Level.DEBUG,
        "event=delegate_opened name={0} microseconds={1}",
        provider.getName(),
        Long.toString((System.nanoTime() - began) / 1000));
    return new Delegate(provider);
  }

  private static Provider configured(Provider blank, SharedToken.Place place, int number) {
    try {
      return blank.configure(
          String.format(
              Locale.ROOT, CONFIGURATION, place.slot(), number, place.library(), place.slot()));
    } catch (InvalidParameterException | UnsupportedOperationException e) {
      throw new ProviderException("SunPKCS11 cannot be set up over " + place.library(), e);
    }
  }

  Provider provider() {
    return provider;
  }

  /** Remembers a key object, for as long as anybody else does. */
  synchronized <K extends Key> K made(K key) {
    keys.removeIf(reference -> reference.refersTo(null));
    keys.add(new WeakReference<>(key));
    return key;
  }

  private synchronized void pinKeys() {
    for (WeakReference<Key> reference : keys) {
      Key key = reference.get();
      if (key != null) {
        NEVER_FREED.add(key);
      }
    }
  }

  /**
   * Frees its sessions, as far as that harms nobody: the only way to make SunPKCS11 do so is to log
   * out, which would log out everybody in the process.
   *
   * @param alone true if no login stands
   */
  void leave(boolean alone) {
    pinKeys();
    if (alone && provider instanceof AuthProvider login) {
      try {
        login.logout();
      } catch (LoginException | ProviderException e) {
        // There was no login and maybe no session either: what is wanted is that it lets go.
        LOG.log(System.Logger.Level.DEBUG, "event=delegate_left name={0}", provider.getName());
      }
    }
  }

  /** Its name, {@code SunPKCS11-Strongroom-<slot>-<number>}. */
  @Override
  public String toString() {
    return provider.getName();
  }
}
