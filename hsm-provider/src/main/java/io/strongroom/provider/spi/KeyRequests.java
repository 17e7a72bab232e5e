package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.security.InvalidAlgorithmParameterException;
import java.security.spec.AlgorithmParameterSpec;
import org.jspecify.annotations.Nullable;

/** What both generators do: read a request, check it, and have the device make the key. */
final class KeyRequests {

  private final Device device;
  private final String algorithm;
  private final KeyType.Family family;
  private final int defaultBits;
  private KeyRequest request;

  KeyRequests(Device device, String algorithm, KeyType.Family family, int defaultBits) {
    this.device = device;
    this.algorithm = algorithm;
    this.family = family;
    this.defaultBits = defaultBits;
    this.request = KeyRequest.unnamed(defaultBits);
  }

  /** A session key without a name, of this length. */
  void unnamed(int bits) throws InvalidAlgorithmParameterException {
    JcaExceptions.parameters(() -> new KeyType(family, bits));
    request = KeyRequest.unnamed(bits);
  }

  /** A session key without a name, of the usual length. */
  void unnamed() {
    request = KeyRequest.unnamed(defaultBits);
  }

  /** The key that an {@code HsmKeySpec} asks for. */
  void read(@Nullable AlgorithmParameterSpec parameters) throws InvalidAlgorithmParameterException {
    KeyRequest asked = device.requests().apply(parameters);
    if (asked == null) {
      throw new InvalidAlgorithmParameterException(
          algorithm
              + " wants an HsmKeySpec, got "
              + (parameters == null ? "none" : parameters.getClass().getName()));
    }
    if (asked.label() != null && Device.isReserved(asked.label())) {
      throw new InvalidAlgorithmParameterException(
          "labels that begin with strongroom- are Strongroom's own, got \""
              + asked.label()
              + "\"; choose another");
    }
    KeyType type = JcaExceptions.parameters(() -> type(asked));
    JcaExceptions.parameters(() -> asked.check(type));
    request = asked;
  }

  private KeyType type(KeyRequest of) {
    Integer bits = of.bits();
    return new KeyType(family, bits == null ? defaultBits : bits);
  }

  /** Has the key made. */
  KeyInfo make() {
    KeyRequest asked = request;
    return JcaExceptions.unchecked(() -> {
      KeySpec spec = asked.keySpec(device, type(asked));
      return device.hsm().create(spec);
    });
  }
}
