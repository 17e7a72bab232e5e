package io.strongroom.integration.history;

import io.strongroom.integration.network.ProcessCluster;
import io.strongroom.integration.network.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does harm to a cluster and mends it again, one step after the other, as its dice say. */
final class Nemesis {
  private static final Logger LOG = LoggerFactory.getLogger(Nemesis.class);
  private static final Duration SLOW = Duration.ofMillis(50);
  private static final int SLOW_BYTES_PER_SECOND = 20_000;
  private static final int LEAST_MILLIS = 500;
  private static final int MOST_MILLIS = 4_000;
  // One step in so many harms two nodes at a time, which leaves no quorum.
  private static final int TWO_IN = 4;

  private final ProcessCluster cluster;
  private final List<Client> clients;
  private final Random random;
  private final List<Outage> outages = Collections.synchronizedList(new ArrayList<>());
  private final Map<Harm, Integer> counts = new EnumMap<>(Harm.class);
  private final List<Harm> deck = new ArrayList<>();

  /** What can be done to a node. */
  enum Harm {
    KILL,
    TERMINATE,
    PAUSE,
    RESET_TOKEN,
    REFUSE_CLIENT,
    SILENCE_CLIENT,
    SLOW_CLIENT,
    FORGET_HALF,
    RESET_CONNECTIONS,
    REFUSE_PEERS,
    SILENCE_PEERS,
    REFUSE_ALL,
    RESTART_CLIENT
  }

  private record Target(String node, Client client) {}

  Nemesis(ProcessCluster cluster, List<Client> clients, Random random) {
    this.cluster = cluster;
    this.clients = clients;
    this.random = random;
  }

  /** Goes on until told to end; all is mended then. */
  void run(CountDownLatch end) {
    boolean ended = false;
    while (!ended) {
      List<String> nodes = new ArrayList<>(ProcessCluster.NODES);
      Collections.shuffle(nodes, random);
      int targets = random.nextInt(TWO_IN) == 0 ? 2 : 1;
      List<Harm> harms = Stream.generate(this::draw).limit(targets).toList();
      List<Target> where =
          nodes.stream()
              .limit(targets)
              .map(node -> new Target(node, clients.get(random.nextInt(clients.size()))))
              .toList();
      Duration lasting = Duration.ofMillis(random.nextInt(LEAST_MILLIS, MOST_MILLIS));
      ended = step(harms, where, lasting, end);
    }
  }

  /** Each kind once before any comes again, so that short runs see many. */
  private Harm draw() {
    if (deck.isEmpty()) {
      deck.addAll(List.of(Harm.values()));
      Collections.shuffle(deck, random);
    }
    Harm harm = deck.removeLast();
    counts.merge(harm, 1, Integer::sum);
    return harm;
  }

  private boolean step(List<Harm> harms, List<Target> where, Duration lasting, CountDownLatch end) {
    long begun = System.nanoTime();
    boolean ended;
    try {
      for (int i = 0; i < harms.size(); i++) {
        LOG.info(
            "event=harm kind={} node={} millis={}",
            harms.get(i),
            where.get(i).node(),
            lasting.toMillis());
        harm(harms.get(i), where.get(i));
      }
      ended = Pause.orEnd(end, lasting);
    } finally {
      cluster.heal();
    }
    long mended = System.nanoTime();
    for (int i = 0; i < harms.size(); i++) {
      note(harms.get(i), where.get(i), begun, mended);
    }
    return ended || Pause.orEnd(end, lasting.dividedBy(4));
  }

  private void harm(Harm harm, Target at) {
    Proxy way = cluster.proxy(at.client().name(), at.node());
    switch (harm) {
      case KILL -> cluster.kill(at.node());
      case TERMINATE -> cluster.stop(at.node());
      case PAUSE -> cluster.pause(at.node());
      case RESET_TOKEN -> {
        cluster.kill(at.node());
        cluster.resetToken(at.node());
      }
      case REFUSE_CLIENT -> way.refuse();
      case SILENCE_CLIENT -> way.traffic().silence();
      case SLOW_CLIENT -> way.traffic().slow(SLOW, SLOW_BYTES_PER_SECOND);
      case FORGET_HALF -> way.forgetFarHalves();
      case RESET_CONNECTIONS -> allWays(at.node()).forEach(Proxy::reset);
      case REFUSE_PEERS -> cluster.peerProxies(at.node()).forEach(Proxy::refuse);
      case SILENCE_PEERS -> cluster.peerProxies(at.node()).forEach(p -> p.traffic().silence());
      case REFUSE_ALL -> allWays(at.node()).forEach(Proxy::refuse);
      case RESTART_CLIENT -> at.client().restart();
    }
  }

  private Stream<Proxy> allWays(String node) {
    return Stream.concat(
        clients.stream().map(client -> cluster.proxy(client.name(), node)),
        cluster.peerProxies(node).stream());
  }

  private void note(Harm harm, Target at, long begun, long mended) {
    switch (harm) {
      case KILL, TERMINATE, PAUSE, RESET_TOKEN, RESET_CONNECTIONS, REFUSE_ALL ->
          outages.add(new Outage(at.node(), "", begun, mended));
      case REFUSE_CLIENT, SILENCE_CLIENT, SLOW_CLIENT, FORGET_HALF ->
          outages.add(new Outage(at.node(), at.client().name(), begun, mended));
      case RESTART_CLIENT ->
          ProcessCluster.NODES.forEach(
              node -> outages.add(new Outage(node, at.client().name(), begun, mended)));
      case REFUSE_PEERS, SILENCE_PEERS -> {
        // Clients do not notice.
      }
    }
  }

  List<Outage> outages() {
    return List.copyOf(outages);
  }

  Map<Harm, Integer> counts() {
    return Map.copyOf(counts);
  }
}
