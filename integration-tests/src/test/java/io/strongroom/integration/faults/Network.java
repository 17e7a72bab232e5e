package io.strongroom.integration.faults;

import io.strongroom.integration.network.Proxy;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The network of a {@link FaultCluster}: a proxy on each way, in each direction. */
public final class Network implements Ways, AutoCloseable {
  private final Map<Way, Proxy> proxies = new ConcurrentHashMap<>();

  private record Way(String from, String to) {}

  @Override
  public InetSocketAddress way(String from, String to, InetSocketAddress address) {
    Proxy proxy =
        proxies.computeIfAbsent(
            new Way(from, to), _ -> Proxy.to(address.getHostString(), address.getPort()));
    return InetSocketAddress.createUnresolved("127.0.0.1", proxy.port());
  }

  /** The client's way to a node. */
  public Proxy toNode(String node) {
    return Objects.requireNonNull(proxies.get(new Way(CLIENT, node)));
  }

  /** All ways to and from a node: its zone. */
  public List<Proxy> zone(String node) {
    return Stream.concat(
            Stream.of(toNode(node)),
            proxies.entrySet().stream()
                .filter(way -> !way.getKey().from().equals(CLIENT))
                .filter(way -> way.getKey().from().equals(node) || way.getKey().to().equals(node))
                .map(Map.Entry::getValue))
        .toList();
  }

  /** Mends all of it. */
  public void heal() {
    proxies.values().forEach(Proxy::heal);
  }

  @Override
  public void close() {
    proxies.values().forEach(Proxy::close);
  }
}
