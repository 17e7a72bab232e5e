package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.WrapAlgorithm;
import java.lang.ref.Reference;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a cipher does in {@code WRAP_MODE} and {@code UNWRAP_MODE}: both keys stay inside the device
 * throughout. Like the cipher, for one thread at a time.
 */
final class KeyWrapping {

  private final Device device;
  private final String transformation;
  private @Nullable Ready ready;

  KeyWrapping(Device device, String transformation) {
    this.device = device;
    this.transformation = transformation;
  }

  /**
   * What {@code init} was given.
   *
   * @param given the caller's key object, held so that its key is not taken for dropped
   * @param key the key that wraps or unwraps
   * @param target what is to be made of what is unwrapped
   */
  private record Ready(Key given, KeyInfo key, WrapAlgorithm algorithm, KeyRequest target) {

    <T> T with(Function<KeyId, T> operation) {
      try {
        return operation.apply(key.id());
      } finally {
        Reference.reachabilityFence(given);
      }
    }
  }

  /** Forgets the key. */
  void clear() {
    ready = null;
  }

  /** Takes a key that wraps. */
  void startWrap(@Nullable Key key, WrapAlgorithm algorithm) throws InvalidKeyException {
    KeyType.Family family = family(algorithm);
    KeyInfo info =
        family == KeyType.Family.RSA
            ? publicKeyInDevice(key)
            : LogicalKey.in(device, key, family, KeyUsage.WRAP, transformation).info();
    ready = new Ready(Objects.requireNonNull(key), info, algorithm, KeyRequest.unnamed());
  }

  /**
   * Takes a key that unwraps.
   *
   * @param target null for a session key without a name
   */
  void startUnwrap(@Nullable Key key, WrapAlgorithm algorithm, @Nullable KeyRequest target)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    LogicalKey ours =
        LogicalKey.in(device, key, family(algorithm), KeyUsage.UNWRAP, transformation);
    KeyRequest asked = target == null ? KeyRequest.unnamed() : target;
    JcaExceptions.parameters(() -> asked.check(KeyType.AES_256));
    ready = new Ready(ours, ours.info(), algorithm, asked);
  }

  /** The length in bits of the key in use; 0 for none. */
  int keyBits() {
    return ready == null ? 0 : ready.key().type().bits();
  }

  private static KeyType.Family family(WrapAlgorithm algorithm) {
    return switch (algorithm) {
      case WrapAlgorithm.AesKw _, WrapAlgorithm.AesKwp _ -> KeyType.Family.AES;
      case WrapAlgorithm.RsaPkcs1 _, WrapAlgorithm.RsaOaep _, WrapAlgorithm.RsaAes _ ->
          KeyType.Family.RSA;
    };
  }

  // A public key is the JDK's own: it has to be looked for among the pairs of the device.
  private KeyInfo publicKeyInDevice(@Nullable Key key) throws InvalidKeyException {
    if (!(key instanceof PublicKey given)) {
      throw new InvalidKeyException(
          transformation
              + " wraps with a public key, got "
              + (key == null ? "none" : "a " + key.getClass().getSimpleName())
              + "; give the public half of the pair");
    }
    byte[] encoded = given.getEncoded();
    KeyInfo found =
        JcaExceptions.invalidKey(() -> device.hsm().keys()).stream()
            .filter(info -> !Device.isReserved(info.label()) && isHalfOf(info, encoded))
            .findFirst()
            .orElseThrow(() ->
                new InvalidKeyException(
                    "the public key that is to wrap is not in "
                        + device
                        + ", and a key there is never brought out to be wrapped in software; have"
                        + " an operator put the public key into the device, or wrap with a key of"
                        + " it"));
    if (!found.usages().contains(KeyUsage.WRAP)) {
      throw new InvalidKeyException(
          found.type()
              + " key \""
              + found.label()
              + "\" may "
              + new TreeSet<>(found.usages())
              + ", "
              + transformation
              + " wants WRAP; make a pair with HsmKeySpec.withUsages(WRAP, UNWRAP)");
    }
    return found;
  }

  private static boolean isHalfOf(KeyInfo info, byte[] encoded) {
    PublicKey half = info.publicKey();
    return half != null && Arrays.equals(half.getEncoded(), encoded);
  }

  private Ready ready() {
    if (ready == null) {
      throw new IllegalStateException("the cipher has no key; call init");
    }
    return ready;
  }

  /** Wraps a key of this device that may leave so. */
  byte[] wrap(@Nullable Key given) throws InvalidKeyException {
    Ready with = ready();
    LogicalKey target = LogicalKey.in(device, given);
    if (target.info().protection() == Protection.NEVER_LEAVES) {
      throw new InvalidKeyException(
          target
              + " never leaves the HSM, not even wrapped, and that cannot be changed; make keys that"
              + " are to be wrapped with HsmKeySpec.mayLeaveWrapped()");
    }
    return JcaExceptions.wrapping(
        () -> with.with(key -> target.with(id -> device.hsm().wrap(key, with.algorithm(), id))));
  }

  /** Opens a wrapped key inside the device. */
  Key unwrap(byte @Nullable [] wrapped, @Nullable String algorithm, int kind)
      throws InvalidKeyException, NoSuchAlgorithmException {
    Ready with = ready();
    if (wrapped == null) {
      throw new InvalidKeyException("there are no bytes to unwrap, got null");
    }
    UnwrapTarget target = UnwrapTarget.of(algorithm, kind, with.target());
    int payloadBytes = UnwrapTarget.payloadBytes(with.algorithm(), with.key(), wrapped);
    KeyType type = target.type(payloadBytes);
    try {
      KeyInfo info =
          JcaExceptions.wrapping(() -> {
            KeySpec spec = with.target().keySpec(device, type);
            return with.with(id -> device.hsm().unwrap(id, with.algorithm(), wrapped, spec));
          });
      return target.key(device, info);
    } catch (InvalidKeyException e) {
      throw with.target().bits() == null && payloadBytes < 0 ? withHint(e, type) : e;
    }
  }

  private static InvalidKeyException withHint(InvalidKeyException e, KeyType type) {
    return new InvalidKeyException(
        e.getMessage()
            + "; its length was taken to be that of "
            + type
            + ", say another with HsmKeySpec.withBits(…) at init",
        e.getCause());
  }
}
