package io.strongroom.provider.spi;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.KeySpec;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What every engine of one provider works on.
 *
 * @param hsm where the keys are
 * @param label what the HSM calls itself, for messages, which must not need the HSM
 * @param requests reads the provider's own parameters of a key; null for anything else
 * @param descriptions writes such parameters of a key that there is
 * @param trials what was found out about the HSM by trying
 * @param dropped destroys the session keys that nobody can use any more
 */
public record Device(
    Hsm hsm,
    String label,
    Function<@Nullable AlgorithmParameterSpec, @Nullable KeyRequest> requests,
    Function<KeyInfo, KeySpec> descriptions,
    Trials trials,
    DroppedKeys dropped) {

  private static final String RESERVED_PREFIX = "strongroom-";

  /** A device of which nothing was tried yet. */
  public Device(
      Hsm hsm,
      String label,
      Function<@Nullable AlgorithmParameterSpec, @Nullable KeyRequest> requests,
      Function<KeyInfo, KeySpec> descriptions) {
    this(hsm, label, requests, descriptions, new Trials(), new DroppedKeys(hsm));
  }

  /** The key with this id. */
  public Key key(KeyId id) throws InvalidKeyException {
    KeyInfo info = JcaExceptions.invalidKey(() -> hsm.key(id));
    if (isReserved(info.label())) {
      throw new InvalidKeyException(
          "key \"" + info.label() + "\" is one of Strongroom's own and not for applications");
    }
    return LogicalKey.of(this, info);
  }

  /** What the HSM says of this key now. */
  public KeyInfo describe(Key key) throws InvalidKeyException {
    KeyId id = LogicalKey.in(this, key).id();
    return JcaExceptions.invalidKey(() -> hsm.key(id));
  }

  /**
   * The description of a new key that these parameters are; null if they are something else.
   *
   * @throws InvalidAlgorithmParameterException if there can be no key with that label
   */
  @Nullable KeyRequest request(@Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    KeyRequest asked = requests.apply(parameters);
    if (asked != null && asked.label() != null && isReserved(asked.label())) {
      throw new InvalidAlgorithmParameterException(
          "labels that begin with strongroom- are Strongroom's own, got \""
              + asked.label()
              + "\"; choose another");
    }
    return asked;
  }

  /** True for the labels that Strongroom keeps for itself. */
  static boolean isReserved(String label) {
    return label.startsWith(RESERVED_PREFIX);
  }

  @Override
  public String toString() {
    return "the HSM \"" + label + "\"";
  }
}
