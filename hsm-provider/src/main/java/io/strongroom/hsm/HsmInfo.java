package io.strongroom.hsm;

import java.util.List;
import java.util.Optional;

/**
 * What an HSM says of itself. Immutable.
 *
 * @param label the token's label, or the cluster's name
 * @param serial the token's serial number; empty for a cluster
 * @param manufacturer who made it
 * @param model which model
 * @param firmware the token's firmware version, as {@code major.minor}
 * @param mechanisms what it can do, by name
 */
public record HsmInfo(
    String label,
    String serial,
    String manufacturer,
    String model,
    String firmware,
    List<Mechanism> mechanisms) {

  /** Copies the list. */
  public HsmInfo {
    mechanisms = List.copyOf(mechanisms);
  }

  /** The mechanism with this name, {@code CKM_AES_GCM} for example, if the device has it. */
  public Optional<Mechanism> mechanism(String name) {
    return mechanisms.stream().filter(m -> m.name().equals(name)).findFirst();
  }
}
