package io.strongroom.provider.spi;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.io.NotSerializableException;
import java.lang.ref.Reference;
import java.security.InvalidKeyException;
import java.security.Key;
import java.util.TreeSet;
import java.util.function.Function;
import javax.security.auth.DestroyFailedException;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * A key in the HSM: its name and what it is, never its value or a handle. It stays good through a
 * lost session or a failover.
 */
abstract sealed class LogicalKey implements Key, Destroyable permits HsmSecretKey, HsmPrivateKey {

  private static final long serialVersionUID = 1L;

  private final transient Device device;
  private final transient KeyInfo info;
  private final String algorithm;
  private transient volatile boolean destroyed;

  LogicalKey(Device device, KeyInfo info, String algorithm) {
    this.device = device;
    this.info = info;
    this.algorithm = algorithm;
    device.dropped().watch(this);
  }

  /** The key that an HSM describes, named as its family is in the JCA. */
  static LogicalKey of(Device device, KeyInfo info) {
    return switch (info.type().family()) {
      case AES -> new HsmSecretKey(device, info, "AES");
      case SECRET -> new HsmSecretKey(device, info, "GenericSecret");
      case RSA -> new HsmPrivateKey.Rsa(device, info);
      case EC -> new HsmPrivateKey.Ec(device, info);
      case EDWARDS -> new HsmPrivateKey.Edwards(device, info);
      case MONTGOMERY -> new HsmPrivateKey.Montgomery(device, info);
    };
  }

  /** The given key as one of this device's. */
  static LogicalKey in(Device device, @Nullable Key key) throws InvalidKeyException {
    if (!(key instanceof LogicalKey ours)) {
      throw new InvalidKeyException(
          (key == null
                  ? "no key"
                  : "a " + key.getAlgorithm() + " key of " + key.getClass().getName())
              + " was given, wanted one that is in "
              + device
              + "; take it from the key store HSM or a generator of this provider, or leave the"
              + " provider out of getInstance, so that the JDK's own takes keys in software");
    }
    if (ours.device.hsm() != device.hsm()) {
      throw new InvalidKeyException(
          ours
              + " belongs to another Strongroom provider, not to the one over "
              + device
              + "; use the provider that the key came from");
    }
    if (ours.destroyed) {
      throw new InvalidKeyException(ours + " was destroyed; make or load another");
    }
    return ours;
  }

  /** The given key as one of this device's, of this family and allowed to do this. */
  static LogicalKey in(
      Device device, @Nullable Key key, KeyType.Family family, KeyUsage usage, String purpose)
      throws InvalidKeyException {
    LogicalKey ours = in(device, key);
    if (ours.type().family() != family) {
      throw new InvalidKeyException(
          ours + " is of family " + ours.type().family() + ", " + purpose + " wants " + family);
    }
    if (!ours.info.usages().contains(usage)) {
      throw new InvalidKeyException(
          ours
              + " may "
              + new TreeSet<>(ours.info.usages())
              + ", "
              + purpose
              + " wants "
              + usage
              + "; make a key with HsmKeySpec.withUsages(…)");
    }
    return ours;
  }

  /** True if the key is in this device and of this family. */
  static boolean isIn(Device device, @Nullable Object key, KeyType.Family family) {
    return key instanceof LogicalKey ours
        && ours.device.hsm() == device.hsm()
        && ours.type().family() == family;
  }

  final KeyId id() {
    return info.id();
  }

  /** Has the device do something with the key, which is not taken for dropped meanwhile. */
  final <T> T with(Function<KeyId, T> operation) {
    try {
      return operation.apply(info.id());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  final String label() {
    return info.label();
  }

  final KeyType type() {
    return info.type();
  }

  final KeyInfo info() {
    return info;
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

  /**
   * Destroys a session key in the device. Refused for token keys, which others may be using: those
   * are deleted by name, with {@code KeyStore.deleteEntry}.
   */
  @Override
  public final void destroy() throws DestroyFailedException {
    try {
      // Asked anew: a key store may have made it a token key meanwhile.
      KeyInfo now = device.hsm().key(id());
      if (!now.session()) {
        throw new DestroyFailedException(
            this + " is a token key; delete it with KeyStore.deleteEntry(\"" + now.label() + "\")");
      }
      device.hsm().destroy(id());
    } catch (HsmException.KeyNotFound e) {
      // Gone with its session: what was asked for.
    } catch (HsmException | IllegalStateException e) {
      DestroyFailedException failed = new DestroyFailedException(e.getMessage());
      failed.initCause(e);
      throw failed;
    }
    destroyed = true;
    device.dropped().forget(id());
  }

  @Override
  public final boolean isDestroyed() {
    return destroyed;
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof LogicalKey key
        && key.device.hsm() == device.hsm()
        && key.id().equals(id());
  }

  @Override
  public final int hashCode() {
    return id().hashCode();
  }

  @Override
  public final String toString() {
    return type() + " key \"" + label() + "\" (" + id() + ")";
  }

  /** A key without its HSM is nothing, and the HSM cannot be written down. */
  final Object writeReplace() throws NotSerializableException {
    throw new NotSerializableException(
        this + " is in an HSM; keep its label and load it from the key store HSM");
  }
}
