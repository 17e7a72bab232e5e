package io.strongroom.cluster;

import io.strongroom.cluster.balance.Kind;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.hsm.KeyId;
import java.util.List;

/** Tells which operations take about as long as each other. */
final class WorkKind {

  private static final int SMALL_BYTES = 4096;

  private WorkKind() {}

  /**
   * The kind of an operation.
   *
   * @param keys the keys it needs
   * @param node one that holds them
   */
  static Kind of(Operation operation, List<KeyId> keys, Node node) {
    HeldKey key = keys.isEmpty() ? null : node.inventory().keys().get(keys.getFirst());
    return new Kind(
        operation.getKindCase().name(),
        key == null ? "" : key.getSpec().getType(),
        sizeClass(operation.getInput().size() + operation.getRandomBytes()));
  }

  /** A kind without key and input. */
  static Kind of(Operation operation) {
    return new Kind(operation.getKindCase().name(), "", 0);
  }

  /** 0 up to 4 KiB, then one more for each factor of four. */
  private static int sizeClass(int bytes) {
    return bytes <= SMALL_BYTES
        ? 0
        : (Integer.SIZE - Integer.numberOfLeadingZeros((bytes - 1) / SMALL_BYTES) + 1) / 2;
  }
}
