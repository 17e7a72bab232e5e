package io.strongroom.provider.spi;

import io.strongroom.hsm.HsmInfo;
import java.util.List;
import java.util.function.BiFunction;

/**
 * One service that is left to SunPKCS11. Immutable.
 *
 * @param type the JCA engine type, {@code Cipher}
 * @param algorithm the standard name
 * @param engine the engine's class
 * @param constructor makes one
 * @param mechanisms the PKCS#11 mechanisms of which the device has to have one
 * @param aliases further names, object identifiers among them
 */
record DelegateRow(
    String type,
    String algorithm,
    Class<?> engine,
    BiFunction<Device, Delegation, Object> constructor,
    List<String> mechanisms,
    List<String> aliases) {

  static <E> DelegateRow of(
      String type,
      String algorithm,
      Class<E> engine,
      BiFunction<Device, Delegation, E> constructor) {
    return new DelegateRow(type, algorithm, engine, constructor::apply, List.of(), List.of());
  }

  DelegateRow needs(String... oneOf) {
    return new DelegateRow(type, algorithm, engine, constructor, List.of(oneOf), aliases);
  }

  DelegateRow alias(String... names) {
    return new DelegateRow(type, algorithm, engine, constructor, mechanisms, List.of(names));
  }

  /** Whether the device has a mechanism for it. */
  boolean availableOn(HsmInfo info) {
    return mechanisms.stream().anyMatch(name -> info.mechanism(name).isPresent());
  }

  /** Whether one of our own services has one of its names: ours is then the better one. */
  boolean isIn(List<ServiceRow> own) {
    return own.stream()
        .filter(row -> row.type().equals(type))
        .anyMatch(row -> isName(row.algorithm()) || row.aliases().stream().anyMatch(this::isName));
  }

  private boolean isName(String name) {
    return algorithm.equalsIgnoreCase(name) || aliases.stream().anyMatch(name::equalsIgnoreCase);
  }
}
