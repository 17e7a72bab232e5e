package io.strongroom.cluster;

import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.hsm.KeyId;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client knows of the keys that a node holds: what the node has said, and what has been
 * learnt since. Confined to one event loop, except {@link #inventory}.
 */
final class KnownKeys {

  private static final Duration DISOWNED_FOR = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final Set<KeyId> disowned = new HashSet<>();
  private Inventory.@Nullable Version version;
  private volatile Inventory inventory = Inventory.EMPTY;

  KnownKeys(Vertx vertx) {
    this.vertx = vertx;
  }

  Inventory inventory() {
    return inventory;
  }

  /** Whether there is nothing new to hear of a node that says that it has this version. */
  boolean isCurrent(Inventory.Version described) {
    return described.equals(version);
  }

  /** The node has said what it holds. */
  void heard(Inventory.Version described, InventoryReply reply) {
    inventory = Inventory.of(reply);
    disowned.clear();
    version = new Inventory.Version(described.instance(), reply.getVersion());
  }

  /** Corrects or completes what is known. */
  void amend(UnaryOperator<Inventory> change) {
    inventory = change.apply(inventory);
    // What was heard before may be older than what is known now.
    version = null;
  }

  /**
   * The node's token does not find this key: the node is not asked for it until it says that its
   * inventory has changed, or a while has passed.
   */
  void disown(KeyId id) {
    inventory = inventory.without(id);
    disowned.add(id);
    Inventory.Version wrong = version;
    vertx.setTimer(
        DISOWNED_FOR.toMillis(),
        _ -> {
          if (Objects.equals(version, wrong)) {
            version = null;
          }
        });
  }

  /** Has the node be heard anew, if its token did not find one of these keys before. */
  void doubt(Collection<KeyId> ids) {
    if (ids.stream().anyMatch(disowned::contains)) {
      version = null;
    }
  }
}
