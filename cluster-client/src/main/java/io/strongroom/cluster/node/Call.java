package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.wire.v1.Operation;
import java.util.List;
import java.util.Locale;

/** What can be asked of a node, and by whom. An officer may ask for anything. */
enum Call {
  OPERATE(Role.USER),
  WRAP(),
  EXPORT_ATTEMPTS(),
  DESCRIBE(Role.USER, Role.NODE),
  INVENTORY(Role.USER, Role.NODE),
  CREATE(),
  UNWRAP(),
  DERIVE(),
  GET_SEAL(Role.NODE),
  PUT_SEAL(Role.NODE),
  DESTROY(),
  PUT_TOMBSTONE(Role.NODE),
  HEALTH_OR_REFLECTION(Role.USER, Role.NODE);

  private final boolean users;
  private final boolean nodes;

  Call(Role... allowed) {
    this.users = List.of(allowed).contains(Role.USER);
    this.nodes = List.of(allowed).contains(Role.NODE);
  }

  boolean isAllowedTo(Role role) {
    return switch (role) {
      case OFFICER -> true;
      case USER -> users;
      case NODE -> nodes;
    };
  }

  /** As meters and traces name it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What one operation of the stream asks for. */
  static Call of(Operation operation) {
    return switch (operation.getKindCase()) {
      case WRAP -> WRAP;
      case EXPORT_ATTEMPTS -> EXPORT_ATTEMPTS;
      case ENCRYPT, DECRYPT, SIGN, VERIFY, MAC, RANDOM_BYTES, CHECK_VALUE, PROBE, KIND_NOT_SET ->
          OPERATE;
    };
  }
}
