package io.strongroom.hsm;

import java.util.Set;

/**
 * A mechanism that a device reports (PKCS#11 v2.40 §5.5, {@code C_GetMechanismInfo}). Immutable.
 *
 * @param name the standard name, {@code CKM_AES_GCM}; a vendor's own as {@code 0x80000001}
 * @param code the number in the standard's header
 * @param minKeySize the least key size, in the unit that PKCS#11 uses for this mechanism
 * @param maxKeySize the greatest key size, in the same unit
 * @param functions what it can do: {@code encrypt}, {@code sign}, {@code wrap}, {@code generate}, …
 */
public record Mechanism(
    String name, long code, long minKeySize, long maxKeySize, Set<String> functions) {

  /** Copies the set. */
  public Mechanism {
    functions = Set.copyOf(functions);
  }
}
