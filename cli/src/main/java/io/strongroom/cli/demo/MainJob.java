package io.strongroom.cli.demo;

import io.strongroom.cli.local.LocalCluster;
import io.strongroom.cli.local.NodePlace;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.custody.AliasRotation;
import io.strongroom.custody.Ciphertext;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.Custody;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The main job, end to end, on real tokens and processes: what {@code strongroom demo} runs. Each
 * step throws an {@link IllegalStateException} if it does not come out as it must, and the job
 * stops there.
 */
public final class MainJob {
  /** The alias that is rotated. */
  public static final String ALIAS = "alias/payments";

  private static final byte[] MESSAGE =
      "4111 1111 1111 1111, 12/29".getBytes(StandardCharsets.UTF_8);
  private static final Map<String, String> CONTEXT = Map.of("tenant", "42", "table", "cards");
  private static final int THREADS = 8;
  private static final Duration RETURN_LIMIT = Duration.ofSeconds(120);

  private final Path folder;
  private final int operations;
  private final Report report;

  /**
   * A job that is still to be run.
   *
   * @param folder a new folder for the cluster; it stays for the caller to look at and to remove
   * @param operations how many operations run while a node is killed
   * @param report gets each step
   */
  public MainJob(Path folder, int operations, Report report) {
    this.folder = folder;
    this.operations = operations;
    this.report = report;
  }

  /**
   * Runs all steps, up to the first that fails.
   *
   * @param basePort the first node's port; 0 for any that are free
   * @param progress gets a line for each thing that is made while the cluster is set up
   * @return whether all steps came out as they must
   */
  public boolean run(int basePort, Consumer<String> progress) {
    Holder<Scene> scene = new Holder<>();
    try {
      return report.step(
              "three zones: a token and a node process each",
              () -> scene.put(start(basePort, progress), this::zones))
          && play(scene.get());
    } finally {
      if (scene.filled()) {
        scene.get().close();
      }
    }
  }

  private boolean play(Scene scene) {
    NodePlace victim = scene.cluster().nodes().get(1);
    Holder<CmkDescription> generated = new Holder<>();
    Holder<CmkDescription> imported = new Holder<>();
    Holder<Ciphertext> old = new Holder<>();
    return report.step("domain key in all three tokens", () -> domain(scene))
        && report.step(
            "CMK generated in the HSM, alias/orders",
            () -> generated.put(generate(scene), this::where))
        && report.step(
            "CMK imported: 32 bytes wrapped with OpenSSL, " + ALIAS,
            () -> imported.put(importKey(scene), this::where))
        && report.step(
            "JCA provider ↔ custody, both ways, on every node",
            () -> bothWays(scene, List.of(generated.get(), imported.get())))
        && report.step(
            String.format("%,d operations, node %s killed with kill -9", operations, victim.name()),
            () -> killUnderLoad(scene, victim))
        && report.step(
            "rotate " + ALIAS + " to newly imported material",
            () -> rotate(scene, imported.get(), old))
        && report.step(
            "node " + victim.name() + " returns and gets what it missed",
            () -> comesBack(scene, victim, old.get()))
        && report.step("the keys stay in: every way out is refused", () -> refusals(scene))
        && report.step("audit verifies; a record altered on purpose is found", () -> audit(scene));
  }

  private Scene start(int basePort, Consumer<String> progress) {
    Map<String, String> zones = new LinkedHashMap<>();
    List.of("a", "b", "c").forEach(name -> zones.put(name, "az-" + name));
    int port = basePort == 0 ? Ports.freeRange(zones.size(), new SecureRandom()) : basePort;
    LocalCluster.Plan plan = new LocalCluster.Plan("demo", zones, port);
    return Scene.start(LocalCluster.create(folder, plan, Clock.systemUTC(), progress));
  }

  private String zones(Scene scene) {
    return scene.cluster().nodes().stream()
        .map(n -> n.name() + " in " + n.zone() + " at " + n.address())
        .collect(Collectors.joining(", "));
  }

  private String domain(Scene scene) {
    // They are ready, but a first handshake may take longer than a status waits for it.
    List<NodeStatus> nodes =
        Waiting.until(
            RETURN_LIMIT,
            "all nodes serve",
            () -> scene.hsm().status(),
            all -> all.stream().allMatch(n -> n.state() == NodeStatus.State.SERVING));
    Set<String> values =
        nodes.stream()
            .map(n -> Check.present(n.token()).domainCheckValue())
            .collect(Collectors.toSet());
    Check.that(
        values.equals(Set.of(scene.cluster().domainCheckValue())),
        "the domain keys' check values differ: " + values);
    return "check value " + String.join(" = ", values) + " on " + nodes.size() + " nodes";
  }

  private CmkDescription generate(Scene scene) {
    return scene.keys().createKey(KeyRequest.generated().withAlias("alias/orders"));
  }

  private CmkDescription importKey(Scene scene) {
    KeyService keys = scene.keys();
    CmkDescription key = keys.createKey(KeyRequest.external().withAlias(ALIAS));
    String id = key.keyId().toString();
    return keys.importKeyMaterial(id, Owner.wrapFor(keys, id, folder));
  }

  private String where(CmkDescription key) {
    Check.that(key.nodes().size() >= 2, "the key is on no quorum: " + key.nodes());
    return key.keyId() + ", check value " + key.kcv() + ", on " + String.join(", ", key.nodes());
  }

  private String bothWays(Scene scene, List<CmkDescription> keys) {
    awaitCheckpointKey(scene);
    for (NodePlace node : scene.cluster().nodes()) {
      try (Hsm asUser = Hsm.open(scene.userUrl(node));
          Hsm asOfficer = Hsm.open(scene.officerUrl(node));
          Custody custody = scene.open(asOfficer)) {
        for (CmkDescription key : keys) {
          Waiting.until(
              RETURN_LIMIT,
              "node " + node.name() + " holds key " + key.keyId(),
              () -> scene.keys().describe(key.keyId().toString()).nodes(),
              nodes -> nodes.contains(node.name()));
          Ciphertext there = Jca.encrypt(asUser, key, MESSAGE, CONTEXT);
          Check.same(MESSAGE, Scene.keys(custody).decrypt(there.encode(), CONTEXT));
          Ciphertext back = Scene.keys(custody).encrypt(key.keyId().toString(), MESSAGE, CONTEXT);
          Check.same(MESSAGE, Jca.decrypt(asUser, key, back, CONTEXT));
        }
      }
    }
    return keys.size() + " keys × " + scene.cluster().nodes().size() + " nodes × 2 directions";
  }

  // Custody that has recorded something writes a checkpoint at its end, with a key of its own. Over
  // one node alone, where that key has not arrived yet, it would make another with the same label.
  private void awaitCheckpointKey(Scene scene) {
    try (Custody whole = scene.open(scene.hsm())) {
      Scene.keys(whole).encrypt(ALIAS, MESSAGE, CONTEXT);
    }
    Waiting.until(
        RETURN_LIMIT,
        "every node holds every key",
        () -> scene.hsm().status(),
        nodes -> nodes.stream().allMatch(n -> n.missing() == 0));
  }

  private String killUnderLoad(Scene scene, NodePlace victim) {
    KeyService keys = scene.keys();
    Load.Outcome outcome =
        Load.run(operations, THREADS, () -> roundTrip(keys), () -> scene.kill(victim));
    Check.that(
        outcome.failures().isEmpty(),
        outcome.failures().size() + " failed, the first: " + outcome.failures().peek());
    return String.format(
        "0 failed; p99 %.1f ms, slowest %.1f ms",
        outcome.p99Micros() / 1000.0, outcome.maxMicros() / 1000.0);
  }

  private static void roundTrip(KeyService keys) {
    byte[] ciphertext = keys.encrypt(ALIAS, MESSAGE, CONTEXT).encode();
    if (!Arrays.equals(MESSAGE, keys.decrypt(ciphertext, CONTEXT))) {
      throw new IllegalStateException("a round trip came back with other bytes");
    }
  }

  private String rotate(Scene scene, CmkDescription previous, Holder<Ciphertext> old) {
    KeyService keys = scene.keys();
    old.put(keys.encrypt(ALIAS, MESSAGE, CONTEXT), c -> "");
    String next = keys.createKey(KeyRequest.external()).keyId().toString();
    AliasRotation rotation = keys.rotateAlias(ALIAS, Owner.wrapFor(keys, next, folder), false);
    Ciphertext fresh = keys.encrypt(ALIAS, MESSAGE, CONTEXT);
    Check.that(old.get().keyId().equals(previous.keyId()), "the old ciphertext names another key");
    Check.that(fresh.keyId().equals(rotation.to()), "the new ciphertext does not name the new key");
    Check.same(MESSAGE, keys.decrypt(old.get().encode(), CONTEXT));
    Check.same(MESSAGE, keys.decrypt(fresh.encode(), CONTEXT));
    return "now " + rotation.to() + "; old ciphertext decrypts, new names the new key";
  }

  private String comesBack(Scene scene, NodePlace victim, Ciphertext old) {
    CmkDescription current = scene.keys().describe(ALIAS);
    Check.that(!current.nodes().contains(victim.name()), "the new key is on the dead node already");
    scene.restart(victim);
    long start = System.nanoTime();
    Waiting.until(
        RETURN_LIMIT,
        "node " + victim.name() + " serves with no key missing",
        () -> scene.status(victim),
        status -> status.state() == NodeStatus.State.SERVING && status.missing() == 0);
    Duration level = Duration.ofNanos(System.nanoTime() - start);
    try (Hsm alone = Hsm.open(scene.officerUrl(victim));
        Custody custody = scene.open(alone)) {
      KeyService keys = Scene.keys(custody);
      Check.same(MESSAGE, keys.decrypt(old.encode(), CONTEXT));
      Ciphertext fresh = keys.encrypt(ALIAS, MESSAGE, CONTEXT);
      Check.that(fresh.keyId().equals(current.keyId()), "it encrypts under another key");
      Check.same(MESSAGE, keys.decrypt(fresh.encode(), CONTEXT));
    }
    return "level " + Report.millis(level) + " after it was ready; it serves the new key alone";
  }

  private String refusals(Scene scene) {
    int tried = 0;
    CmkDescription key = scene.keys().describe(ALIAS);
    for (NodePlace node : scene.cluster().nodes()) {
      // The node's own token, opened with its own PIN, beside the running node.
      try (Hsm token = Hsm.open(scene.cluster().token(node.name()).url())) {
        List<ExportAttempt> attempts = token.attemptExport(token.key(Jca.label(key)).id());
        Check.that(!attempts.isEmpty(), "nothing was tried on node " + node.name());
        for (ExportAttempt attempt : attempts) {
          Check.that(attempt.refused(), "token " + node.name() + " gave the key up: " + attempt);
        }
        tried += attempts.size();
      }
    }
    return tried + " attempts through PKCS#11 on 3 tokens, all refused by the token";
  }

  private String audit(Scene scene) {
    return Tampering.verifyAndAlter(scene);
  }
}
