package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyType;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table of curves: what {@code CKA_EC_PARAMS} holds for each. */
enum Curve {
  P_256(KeyType.Family.EC, 256, "06082a8648ce3d030107"),
  P_384(KeyType.Family.EC, 384, "06052b81040022"),
  P_521(KeyType.Family.EC, 521, "06052b81040023"),
  ED25519(KeyType.Family.EDWARDS, 255, "06032b6570"),
  ED448(KeyType.Family.EDWARDS, 448, "06032b6571"),
  X25519(KeyType.Family.MONTGOMERY, 255, "06032b656e"),
  X448(KeyType.Family.MONTGOMERY, 448, "06032b656f");

  private final KeyType.Family family;
  private final int bits;
  private final String oidDer;

  Curve(KeyType.Family family, int bits, String oidDer) {
    this.family = family;
    this.bits = bits;
    this.oidDer = oidDer;
  }

  KeyType type() {
    return new KeyType(family, bits);
  }

  /** The curve's object identifier in DER. */
  byte[] oid() {
    return Der.hex(oidDer);
  }

  /** The curve of a type. */
  static Curve of(KeyType type) {
    return Stream.of(values())
        .filter(c -> c.type().equals(type))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(type + " has no curve"));
  }

  /** The curve that these parameters name; null for one that is not in the table. */
  static @Nullable Curve ofParameters(byte[] parameters) {
    return Stream.of(values())
        .filter(c -> Arrays.equals(c.oid(), parameters) || c.isNamedBy(parameters))
        .findFirst()
        .orElse(null);
  }

  // PKCS#11 v3.0 §2.3.3 also allows a PrintableString for these curves, which SoftHSM2 shows.
  private boolean isNamedBy(byte[] parameters) {
    String name =
        switch (this) {
          case ED25519 -> "130c656477617264733235353139";
          case ED448 -> "130a65647761726473343438";
          case X25519 -> "130a63757276653235353139";
          case X448 -> "13086375727665343438";
          case P_256, P_384, P_521 -> "";
        };
    return !name.isEmpty() && Arrays.equals(Der.hex(name), parameters);
  }
}
