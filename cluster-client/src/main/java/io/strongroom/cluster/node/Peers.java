package io.strongroom.cluster.node;

import io.strongroom.cluster.observe.Troubles;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peers of a node: as they were given, or as {@code node.yaml} says now. A file that cannot be
 * read changes nothing. Safe for use by many threads.
 */
final class Peers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  private final @Nullable Path file;
  private final NodeConfig started;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("peers-", 1).factory());
  private volatile List<NodeConfig.Peer> now;
  private final Troubles troubles = new Troubles();
  // What the file said when it was last looked at; only the watch uses it.
  private String seen = "";

  private Peers(@Nullable Path file, NodeConfig started) {
    this.file = file;
    this.started = started;
    this.now = started.peers();
  }

  /** Always the same ones. */
  static Peers of(NodeConfig config) {
    return new Peers(null, config);
  }

  /** Those of a file, of which this is what it says now. */
  static Peers of(Path file, NodeConfig config) {
    return new Peers(file, config);
  }

  /** The peers as they are now. */
  List<NodeConfig.Peer> now() {
    return now;
  }

  /** Looks at the file from now on, and says when its peers have changed. */
  void onChange(Consumer<List<NodeConfig.Peer>> handler) {
    if (file != null) {
      long millis = started.sync().toMillis();
      watch.scheduleWithFixedDelay(
          () -> look(file, handler), millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  private void look(Path yaml, Consumer<List<NodeConfig.Peer>> handler) {
    try {
      String text = Files.readString(yaml);
      troubles.over(yaml.toString());
      if (text.equals(seen)) {
        return;
      }
      seen = text;
      List<NodeConfig.Peer> read = NodeConfig.read(yaml).peers();
      if (!read.equals(now)) {
        now = read;
        handler.accept(read);
        LOG.info("event=peers_changed node={} peers={}", started.name(), names(read));
      }
    } catch (IOException | HsmException e) {
      if (troubles.isNews(yaml.toString(), e.toString())) {
        LOG.warn("event=configuration_not_read file={} reason=\"{}\"", yaml, e.getMessage());
      }
    }
  }

  private static List<String> names(List<NodeConfig.Peer> peers) {
    return peers.stream().map(NodeConfig.Peer::name).toList();
  }

  /** Looks at the file no more. */
  @Override
  public void close() {
    watch.shutdownNow();
  }
}
