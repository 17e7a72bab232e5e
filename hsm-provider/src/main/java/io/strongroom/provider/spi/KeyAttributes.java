package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import org.jspecify.annotations.Nullable;

/** What both key factories say of keys in the HSM. */
final class KeyAttributes {

  private KeyAttributes() {}

  /**
   * What the HSM says of a key, as the provider's own kind of spec.
   *
   * @throws InvalidKeySpecException if the key is not in the HSM, or another spec is wanted, which
   *     would have to hold the key's value
   */
  static <T extends KeySpec> T of(Device device, @Nullable Key key, @Nullable Class<T> wanted)
      throws InvalidKeySpecException {
    KeySpec described;
    try {
      KeyInfo info = device.describe(LogicalKey.in(device, key));
      described = device.descriptions().apply(info);
    } catch (InvalidKeyException e) {
      throw new InvalidKeySpecException(e.getMessage(), e);
    }
    if (wanted == null || !wanted.isInstance(described)) {
      throw new InvalidKeySpecException(
          key
              + " stays in "
              + device
              + ": its attributes can be read as "
              + described.getClass().getSimpleName()
              + ".class, got "
              + (wanted == null ? "null" : wanted.getName()));
    }
    return wanted.cast(described);
  }

  static Class<? extends KeySpec> asKeySpec(Class<?> wanted) throws InvalidKeySpecException {
    if (!KeySpec.class.isAssignableFrom(wanted)) {
      throw new InvalidKeySpecException("a kind of KeySpec is wanted, got " + wanted.getName());
    }
    return wanted.asSubclass(KeySpec.class);
  }

  /** The key itself if it is in this HSM and of this family. */
  static LogicalKey requireOurs(Device device, @Nullable Key key, KeyType.Family family)
      throws InvalidKeyException {
    LogicalKey ours = LogicalKey.in(device, key);
    if (ours.type().family() != family) {
      throw new InvalidKeyException(ours + " was given, wanted one of family " + family);
    }
    return ours;
  }

  /** Why no key is made from its value. */
  static String importRefusal(Device device, @Nullable KeySpec spec) {
    return "a key in clear does not come into "
        + device
        + ", got "
        + (spec == null ? "null" : "a " + spec.getClass().getName())
        + "; make it there with a generator, or bring it in wrapped with Cipher.unwrap";
  }
}
