package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidParameterException;
import java.security.spec.AlgorithmParameterSpec;
import org.jspecify.annotations.Nullable;

/** What both generators do: read a request, check it, and have the device make the key. */
final class KeyRequests {

  private final Device device;
  private final String algorithm;
  private final KeyType.Family family;
  private final int defaultBits;
  private final boolean fixed;
  private final boolean fromList;
  private @Nullable KeyRequest request;

  /**
   * A request for the default length.
   *
   * @param algorithm the generator's name, for messages
   */
  KeyRequests(Device device, String algorithm, KeyType.Family family, int defaultBits) {
    this(device, algorithm, new KeyType(family, defaultBits), false);
  }

  /** A request for keys of this type and no other. */
  static KeyRequests only(Device device, String algorithm, KeyType type) {
    return new KeyRequests(device, algorithm, type, true);
  }

  private KeyRequests(Device device, String algorithm, KeyType usual, boolean fixed) {
    this.device = device;
    this.algorithm = algorithm;
    this.family = usual.family();
    this.defaultBits = usual.bits();
    this.fixed = fixed;
    this.fromList = AskedBy.list();
    this.request = fromList ? null : KeyRequest.unnamed(defaultBits);
  }

  /** A session key without a name, of this length. */
  void unnamed(int bits) throws InvalidAlgorithmParameterException {
    if (fromList) {
      throw new InvalidAlgorithmParameterException(unasked());
    }
    JcaExceptions.parameters(() -> new KeyType(family, bits));
    requireLength(bits);
    request = KeyRequest.unnamed(bits);
  }

  /** A session key without a name, of the usual length. */
  void unnamed() {
    if (fromList) {
      throw new InvalidParameterException(unasked());
    }
    request = KeyRequest.unnamed(defaultBits);
  }

  /** Whoever named no provider and gives no HsmKeySpec wants a key in software: TLS does. */
  private String unasked() {
    return "Strongroom makes a key without an HsmKeySpec only for callers that name it: "
        + algorithm
        + " was asked for without a provider; give an HsmKeySpec, or the provider to getInstance";
  }

  /** The key that an {@code HsmKeySpec} asks for. */
  void read(@Nullable AlgorithmParameterSpec parameters) throws InvalidAlgorithmParameterException {
    KeyRequest asked = device.request(parameters);
    if (asked == null) {
      throw new InvalidAlgorithmParameterException(
          algorithm
              + " wants an HsmKeySpec, got "
              + (parameters == null ? "none" : parameters.getClass().getName()));
    }
    KeyType type = JcaExceptions.parameters(() -> type(asked));
    requireLength(type.bits());
    JcaExceptions.parameters(() -> asked.check(type));
    request = asked;
  }

  private void requireLength(int bits) throws InvalidAlgorithmParameterException {
    if (fixed && bits != defaultBits) {
      throw new InvalidAlgorithmParameterException(
          algorithm + " keys have " + defaultBits + " bits, got " + bits);
    }
  }

  private KeyType type(KeyRequest of) {
    Integer bits = of.bits();
    return new KeyType(family, bits == null ? defaultBits : bits);
  }

  /** Has the key made. */
  KeyInfo make() {
    KeyRequest asked = request;
    if (asked == null) {
      throw new InvalidParameterException(unasked());
    }
    return JcaExceptions.unchecked(() -> {
      KeySpec spec = asked.keySpec(device, type(asked));
      return device.hsm().create(spec);
    });
  }
}
