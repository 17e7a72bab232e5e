package io.strongroom.provider.spi;

import java.io.NotSerializableException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.interfaces.DSAKey;
import java.security.interfaces.DSAParams;
import javax.crypto.SecretKey;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * A key of a kind that only SunPKCS11 knows, held by the token as firmly as any of ours. It is a
 * session key: it is gone when its session is.
 */
abstract sealed class DelegatedKey implements Key, Destroyable {

  private static final long serialVersionUID = 1L;

  private final transient Delegation delegation;
  private final transient Delegate home;
  private transient volatile @Nullable Key key;
  private final String algorithm;

  private DelegatedKey(Delegation delegation, Delegate home, Key key) {
    this.delegation = delegation;
    this.home = home;
    this.key = home.made(key);
    this.algorithm = key.getAlgorithm();
  }

  /** Something that is done with a key in SunPKCS11. */
  interface Use<T> {
    T with(Provider provider, Key key) throws GeneralSecurityException;
  }

  /** The given key as one of this delegation's, of this algorithm. */
  static DelegatedKey in(Delegation delegation, @Nullable Key key, String algorithm)
      throws InvalidKeyException {
    if (!(key instanceof DelegatedKey ours) || ours.delegation != delegation) {
      throw new InvalidKeyException(
          (key == null ? "no key" : "a key of " + key.getClass().getName())
              + " was given, wanted one of "
              + delegation
              + "; make it with this provider's generator or SecretKeyFactory");
    }
    if (!ours.algorithm.equalsIgnoreCase(algorithm)) {
      throw new InvalidKeyException(ours + " was given, wanted a key for " + algorithm);
    }
    ours.locate(delegation.current());
    return ours;
  }

  /** True if the key is one of this delegation's. */
  static boolean isIn(Delegation delegation, @Nullable Object key) {
    return key instanceof DelegatedKey ours && ours.delegation == delegation;
  }

  /** Does something with the key. */
  final <T> T use(Use<T> work) throws GeneralSecurityException {
    return delegation.run(delegate -> work.with(delegate.provider(), locate(delegate)));
  }

  private Key locate(Delegate delegate) throws InvalidKeyException {
    Key present = key;
    if (present == null) {
      throw new InvalidKeyException(this + " was destroyed; make another");
    }
    if (home != delegate) {
      throw new InvalidKeyException(
          this + " was a session key and is gone with its session; make another");
    }
    return present;
  }

  @Override
  public final String getAlgorithm() {
    return algorithm;
  }

  /** Null: the key has no encoding outside the HSM. */
  @Override
  public final @Nullable String getFormat() {
    return null;
  }

  /** Null: the key has no encoding outside the HSM. */
  @Override
  public final byte @Nullable [] getEncoded() {
    return null;
  }

  /** Makes the key unusable. SunPKCS11 frees the object when the garbage collector finds it. */
  @Override
  public final void destroy() {
    key = null;
  }

  @Override
  public final boolean isDestroyed() {
    return key == null;
  }

  @Override
  public final String toString() {
    return algorithm + " key of " + delegation;
  }

  /** A key without its HSM is nothing, and the HSM cannot be written down. */
  final Object writeReplace() throws NotSerializableException {
    throw new NotSerializableException(this + " is in an HSM and cannot be written down");
  }

  /** A secret key. */
  static final class Secret extends DelegatedKey implements SecretKey {

    private static final long serialVersionUID = 1L;

    Secret(Delegation delegation, Delegate home, SecretKey key) {
      super(delegation, home, key);
    }
  }

  /** A DSA private key. */
  static final class Dsa extends DelegatedKey implements PrivateKey, DSAKey {

    private static final long serialVersionUID = 1L;

    private final transient DSAParams parameters;

    Dsa(Delegation delegation, Delegate home, PrivateKey key, DSAParams parameters) {
      super(delegation, home, key);
      this.parameters = parameters;
    }

    @Override
    public DSAParams getParams() {
      return parameters;
    }
  }
}
