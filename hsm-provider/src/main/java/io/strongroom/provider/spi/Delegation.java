package io.strongroom.provider.spi;

import io.strongroom.hsm.token.SharedToken;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.security.ProviderException;
import org.jspecify.annotations.Nullable;

/**
 * Leaves algorithms to SunPKCS11 on the same token: one instance for each login, made when the
 * first engine needs it and replaced when sessions or login were lost. Safe for use by many
 * threads.
 */
final class Delegation implements SharedToken.Guest {

  private static final System.Logger LOG = System.getLogger(Delegation.class.getName());

  private final SharedToken token;
  private final String label;
  private @Nullable Delegate delegate;
  private final Object admission = new Object();
  private boolean admitted;
  private int made;

  private Delegation(SharedToken token, String label) {
    this.token = token;
    this.label = label;
  }

  /** Something that SunPKCS11 does; may be done a second time, with another instance. */
  interface Work<T> {
    T with(Delegate current) throws GeneralSecurityException;
  }

  /** Delegation for a device; null, with a line in the log where that is a surprise, for none. */
  static @Nullable Delegation over(Device device) {
    if (!(device.hsm() instanceof SharedToken token) || !token.isShared()) {
      return null;
    }
    if (!Delegate.isPossible()) {
      LOG.log(
          System.Logger.Level.INFO,
          "event=delegation_off token={0} reason=\"this Java runtime has no SunPKCS11; for the"
              + " algorithms that Strongroom leaves to it add the module jdk.crypto.cryptoki\"",
          device.label());
      return null;
    }
    return new Delegation(token, device.label());
  }

  /** The instance for the login that stands; made if there is none yet. */
  Delegate current() {
    // Not under our lock: it may ask us to leave.
    SharedToken.Place place = JcaExceptions.unchecked(token::place);
    synchronized (admission) {
      if (!admitted) {
        token.admit(this);
        admitted = true;
      }
    }
    synchronized (this) {
      if (delegate == null) {
        made++;
        delegate = Delegate.open(place, made);
      }
      return delegate;
    }
  }

  /**
   * Has SunPKCS11 do something; where it failed because sessions or login were lost under it, once
   * more with a new instance.
   */
  <T> T run(Work<T> work) throws GeneralSecurityException {
    Delegate first = current();
    try {
      return work.with(first);
    } catch (ProviderException | InvalidKeyException e) {
      Delegate second = current();
      if (second == first) {
        throw e;
      }
      return work.with(second);
    }
  }

  /** The same for engines that cannot say what went wrong in any other way. */
  <T> T unchecked(Work<T> work) {
    try {
      return run(work);
    } catch (GeneralSecurityException e) {
      throw new ProviderException(this + ": " + e.getMessage(), e);
    }
  }

  /** SunPKCS11 as it is now. */
  Provider provider() {
    return current().provider();
  }

  @Override
  public synchronized void leave(boolean alone) {
    Delegate left = delegate;
    delegate = null;
    if (left != null) {
      left.leave(alone);
    }
  }

  @Override
  public String toString() {
    return "SunPKCS11 over the HSM \"" + label + "\"";
  }
}
