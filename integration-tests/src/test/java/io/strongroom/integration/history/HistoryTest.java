package io.strongroom.integration.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.integration.network.ProcessCluster;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients make, import, use and destroy keys while nodes and networks fail; afterwards what they
 * were told is held against what every node has. {@code -Dstrongroom.history=10m} makes it longer,
 * {@code -Dstrongroom.history.seed=N} makes the same plans again.
 */
@Tag("alone")
class HistoryTest {
  private static final List<String> CLIENTS = List.of("one", "two");
  private static final int WORKERS_PER_CLIENT = 3;
  private static final Duration PACE = Duration.ofMillis(40);
  private static final int QUORUM = 2;
  private static final Duration SETTLING = Duration.ofSeconds(6);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(20);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final Recorder recorder = new Recorder();
  private final KeyRing ring = new KeyRing();

  @Test
  void history_underRandomFaults_keepsEveryPromise() throws Exception {
    long seed = Long.getLong("strongroom.history.seed", new SecureRandom().nextLong());
    Random random = new Random(seed);
    List<Client> clients = new ArrayList<>();
    try (ProcessCluster cluster =
        new ProcessCluster(folder.resolve("D"), CLIENTS, "deadline: 6s")) {
      CLIENTS.forEach(name -> clients.add(new Client(name, cluster.url(name))));
      Inspector inspector = new Inspector(cluster);
      Worker.Shared shared =
          new Worker.Shared(
              ring,
              recorder,
              new ImportSource(unwrappingKey(clients.getFirst(), inspector)),
              inspector::sealedAt);
      Nemesis nemesis = new Nemesis(cluster, clients, new Random(random.nextLong()));
      run(clients, shared, nemesis, random);
      cluster.heal();
      awaitLevel(cluster, inspector, recorder.acknowledged());
      Map<String, NodeState> states = inspector.inspect(ring);
      History history = new History(recorder.events(), nemesis.outages());
      List<Violation> violations = HistoryChecker.check(QUORUM, SETTLING, history, states);
      System.out.println(Report.of(seed, history, nemesis.counts(), states));
      assertThat(violations)
          .as(() ->
              "seed " + seed + ", folder " + folder + "\n" + Report.details(violations, history))
          .isEmpty();
    } finally {
      clients.forEach(Client::close);
    }
  }

  private KeyInfo unwrappingKey(Client client, Inspector inspector) {
    KeyId id = KeyId.random(new SecureRandom());
    KeySpec spec =
        KeySpec.of(id, "unwrapping", KeyType.RSA_2048).withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP);
    recorder.record(
        client.name(),
        new Call.Create(id, spec.label(), ""),
        () -> {
          client.hsm().create(spec);
          return new Outcome.Done(inspector.sealedAt(id));
        });
    return client.hsm().key(id);
  }

  private static Duration length() {
    String text = System.getProperty("strongroom.history", "");
    return text.isEmpty() ? SHORT : Duration.parse("PT" + text);
  }

  private void run(List<Client> clients, Worker.Shared shared, Nemesis nemesis, Random random)
      throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<CompletableFuture<?>> all = new ArrayList<>();
      for (Client client : clients) {
        Client other = clients.get((clients.indexOf(client) + 1) % clients.size());
        Worker rival = new Worker(other, new Random(random.nextLong()), shared, null);
        for (int i = 0; i < WORKERS_PER_CLIENT; i++) {
          Worker worker = new Worker(client, new Random(random.nextLong()), shared, rival);
          all.add(CompletableFuture.runAsync(() -> work(worker, end), threads));
        }
      }
      all.add(CompletableFuture.runAsync(() -> nemesis.run(end), threads));
      CompletableFuture<?>[] ends = all.toArray(CompletableFuture[]::new);
      // No one ends before the time is up, but by failing.
      CompletableFuture.anyOf(ends)
          .completeOnTimeout(null, length().toMillis(), TimeUnit.MILLISECONDS)
          .whenComplete((_, _) -> end.countDown())
          .get();
      CompletableFuture.allOf(ends).get();
    }
  }

  private static void work(Worker worker, CountDownLatch end) {
    while (!Pause.orEnd(end, PACE)) {
      worker.step();
    }
  }

  /** A cluster that does not come to rest is not judged here: the checker finds what differs. */
  private static void awaitLevel(
      ProcessCluster cluster, Inspector inspector, Set<KeyId> acknowledged) {
    try (ClusterHsm all = ProcessCluster.open(cluster.local().hsmUrl())) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(() ->
              inspector.isLevel(acknowledged)
                  && all.status().stream()
                      .allMatch(n -> n.state() == NodeStatus.State.SERVING && n.missing() == 0));
    } catch (ConditionTimeoutException e) {
      System.out.println("not level after " + PATIENCE.toSeconds() + " s");
    }
  }
}
