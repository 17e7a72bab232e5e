package io.strongroom.provider.spi;

import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyType;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One service of the provider. Immutable.
 *
 * @param type the JCA engine type, {@code Cipher}
 * @param algorithm the standard name
 * @param maker the engine's class, and how to make one
 * @param mechanism the PKCS#11 mechanism that the device has to have, or {@code A or B} where
 *     either will do; null for none
 * @param accepts the family of keys that the engine takes; null for engines without keys
 * @param aliases further names, object identifiers among them
 */
record ServiceRow(
    String type,
    String algorithm,
    Maker maker,
    @Nullable String mechanism,
    KeyType.@Nullable Family accepts,
    List<String> aliases) {

  private static final String OR = " or ";

  /**
   * Makes engines.
   *
   * @param engine their class
   * @param constructor makes one
   */
  record Maker(Class<?> engine, Function<Device, Object> constructor) {}

  static <E> ServiceRow of(
      String type, String algorithm, Class<E> engine, Function<Device, E> constructor) {
    return new ServiceRow(
        type, algorithm, new Maker(engine, constructor::apply), null, null, List.of());
  }

  ServiceRow needs(String mechanismName) {
    return new ServiceRow(type, algorithm, maker, mechanismName, accepts, aliases);
  }

  /** Needs one of two mechanisms that are the same thing under two numbers. */
  ServiceRow needsEither(String one, String other) {
    return needs(one + OR + other);
  }

  ServiceRow takes(KeyType.Family family) {
    return new ServiceRow(type, algorithm, maker, mechanism, family, aliases);
  }

  ServiceRow alias(String... names) {
    return new ServiceRow(type, algorithm, maker, mechanism, accepts, List.of(names));
  }

  boolean availableOn(HsmInfo info) {
    return mechanism == null
        || Stream.of(mechanism.split(OR)).anyMatch(name -> info.mechanism(name).isPresent());
  }
}
