package io.strongroom.cluster;

import io.strongroom.cluster.link.OwnVertx;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.WrapAlgorithm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Many nodes as one HSM. Each operation goes to a node that holds the key, of the own zone first,
 * and is repeated at another one when a node fails it; keys are made and destroyed on a quorum of
 * nodes. What stays in the cluster are token keys that never leave.
 *
 * <p>This is the blocking face of a client; {@link AsyncHsm} is the same one for event loops. Safe
 * for use by many threads, virtual ones too, but not by an event loop's: calls block.
 */
public final class ClusterHsm extends AskingHsm {

  private static final Duration OPENING = Node.CONNECT_TIMEOUT.multipliedBy(3);
  private static final Duration CLOSING = Duration.ofSeconds(15);

  private final Cluster cluster;

  private ClusterHsm(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Connects to a cluster. Returns when all nodes are connected, or one is and the others have had
   * the time for it; those that are missing are tried on in the background.
   *
   * @throws HsmException.BadInput if the caller's own certificate or key cannot be read
   * @throws HsmException.DeviceUnavailable if no node serves; the message has each node's reason
   * @throws IllegalStateException on an event loop's thread
   */
  public static ClusterHsm open(ClusterConfig config) {
    return open(config, Telemetry.ofProcess());
  }

  /**
   * The same, with meters or traces.
   *
   * @param telemetry where they go
   * @throws HsmException.BadInput if the caller's own certificate or key cannot be read
   * @throws HsmException.DeviceUnavailable if no node serves; the message has each node's reason
   * @throws IllegalStateException on an event loop's thread
   */
  public static ClusterHsm open(ClusterConfig config, Telemetry telemetry) {
    ClusterHsm hsm = observe(config, telemetry);
    try {
      Blocking.await(hsm.cluster.submit(hsm.cluster::connect), OPENING);
      return hsm;
    } catch (RuntimeException e) {
      hsm.close();
      throw e;
    }
  }

  /**
   * The same without connecting, for those who want to see a cluster that may not serve: {@link
   * #status} connects to the nodes that it can reach. Other calls fail until one serves.
   *
   * @throws HsmException.BadInput if the caller's own certificate or key cannot be read
   * @throws IllegalStateException on an event loop's thread
   */
  public static ClusterHsm observe(ClusterConfig config) {
    return observe(config, Telemetry.ofProcess());
  }

  private static ClusterHsm observe(ClusterConfig config, Telemetry telemetry) {
    Blocking.refuseEventLoops();
    config.requireIdentity();
    return new ClusterHsm(
        Blocking.await(Cluster.alone(OwnVertx.ofClient(), config, telemetry), OPENING));
  }

  /**
   * The same client for callers that must not block. Its results come on the Vert.x context of
   * their caller, or, where there is none, on the client's own event loop. Closing one closes both.
   */
  public AsyncHsm async() {
    return new AsyncClusterHsm(cluster);
  }

  @Override
  public List<String> locations() {
    return config().nodes().stream().map(ClusterConfig.Node::name).toList();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Of a cluster, keys are used there, but neither made nor destroyed. An operation that the
   * node cannot do fails, and is repeated nowhere else.
   */
  @Override
  public Hsm at(String location) {
    if (!locations().contains(location)) {
      throw new HsmException.BadInput(
          "%s has no node \"%s\"; it has %s".formatted(describe(), location, locations()));
    }
    return new NodeHsm(this, location);
  }

  @Override
  public HsmInfo info() {
    return ask(Requests.info());
  }

  /**
   * {@inheritDoc}
   *
   * <p>The locations are the nodes that hold the key, as far as they were ever heard.
   */
  @Override
  public List<KeyInfo> keys() {
    return ask(Requests.keys());
  }

  @Override
  public KeyInfo key(KeyId id) {
    return known(cluster.catalog().key(id), Requests.key(id));
  }

  @Override
  public KeyInfo key(String label) {
    return known(cluster.catalog().key(label), Requests.key(label));
  }

  private KeyInfo known(Optional<KeyInfo> heard, Request<?, KeyInfo> request) {
    requireUsable();
    return heard.orElseGet(() -> ask(request));
  }

  /**
   * {@inheritDoc}
   *
   * @throws HsmException.BadInput also for session keys and for a protection other than {@code
   *     NEVER_LEAVES}: a cluster keeps no such keys; and if fewer nodes are used than its quorum
   * @throws HsmException.UnsupportedMechanism also for Edwards and Montgomery curves, which cannot
   *     be sealed
   * @throws HsmException.DeviceUnavailable also if fewer nodes than the quorum took the key; it is
   *     undone everywhere then, and its id is used up
   */
  @Override
  public KeyInfo create(KeySpec spec) {
    return ask(Requests.create(spec));
  }

  /**
   * {@inheritDoc}
   *
   * @throws HsmException.DeviceUnavailable also if fewer nodes than the quorum took the key; it is
   *     undone everywhere then, and its id is used up
   */
  @Override
  public KeyInfo unwrap(
      KeyId unwrappingKey, WrapAlgorithm algorithm, byte[] wrapped, KeySpec target) {
    return ask(Requests.unwrap(unwrappingKey, algorithm, wrapped, target));
  }

  /**
   * {@inheritDoc}
   *
   * @throws HsmException.DeviceUnavailable also if fewer nodes than the quorum took the key; it is
   *     undone everywhere then, and its id is used up
   */
  @Override
  public KeyInfo derive(KeyId key, DeriveAlgorithm algorithm, KeySpec target) {
    return ask(Requests.derive(key, algorithm, target));
  }

  /**
   * {@inheritDoc}
   *
   * @throws HsmException.BadInput also if fewer nodes are used than the quorum
   * @throws HsmException.DeviceUnavailable also if fewer nodes than the quorum confirmed it; call
   *     it again then
   */
  @Override
  public void destroy(KeyId id) {
    ask(Requests.destroy(id));
  }

  @Override
  public KeyInfo keep(KeyId sessionKey, String label) {
    throw new HsmException.UnsupportedMechanism(
        describe() + " has no session keys to keep; make \"" + label + "\" as a token key at once");
  }

  @Override
  public void storeCertificate(HsmCertificate certificate) {
    throw noCertificates(certificate);
  }

  @Override
  public void replaceCertificate(HsmCertificate certificate) {
    throw noCertificates(certificate);
  }

  @Override
  public void deleteCertificate(HsmCertificate certificate) {
    throw noCertificates(certificate);
  }

  private HsmException noCertificates(HsmCertificate certificate) {
    return new HsmException.UnsupportedMechanism(
        describe()
            + " keeps no certificates, since its nodes carry keys to each other but not those; keep "
            + certificate
            + " in a file beside the application");
  }

  private String describe() {
    return "cluster \"" + config().cluster() + "\"";
  }

  /**
   * Checks every node now: connects where there is no connection, has each token do a probe's work,
   * and hears what it holds.
   *
   * @return one entry a node, in the order of the configuration; a node that fails has its reason
   */
  public List<NodeStatus> status() {
    return ask(Requests.status());
  }

  /** Ids of all keys that some node knows to be destroyed, as last heard. */
  public Set<KeyId> destroyed() {
    return ask(Requests.destroyed());
  }

  /**
   * {@link #status}, and what it means for the cluster: a lost quorum, different domain keys, keys
   * on too few nodes, certificates that run out.
   *
   * @param now the time, to judge certificates by
   */
  public ClusterReport report(Instant now) {
    return ask(Requests.report(now));
  }

  /**
   * Brings every node that can be reached level, now: tombstones, then keys. Nodes do that by
   * themselves too. Needs an officer's identity.
   *
   * @param dryRun true to change nothing, and learn what would be done
   * @param progress is told of each step, on the caller's thread
   * @throws HsmException.DeviceUnavailable if no node serves
   */
  public SyncReport sync(boolean dryRun, Consumer<SyncReport.Step> progress) {
    if (status().stream().noneMatch(node -> node.state() == NodeStatus.State.SERVING)) {
      throw new HsmException.DeviceUnavailable(
          "no node of %s serves: %s".formatted(describe(), cluster.fleet().absences()));
    }
    return new Levelling(cluster, dryRun, progress).run();
  }

  /** What routing has done since this was opened, and how it stands. Never blocks. */
  public RoutingStats routing() {
    return cluster.routing();
  }

  /** The configuration it was opened with. */
  public ClusterConfig config() {
    return cluster.configuration();
  }

  /** Ends the connections; operations under way fail. Idempotent. */
  @Override
  public void close() {
    Blocking.refuseEventLoops();
    Blocking.await(cluster.close(), CLOSING);
  }

  private void requireUsable() {
    Blocking.refuseEventLoops();
    cluster.requireOpen();
  }

  @Override
  <R, T> T ask(Request<R, T> request) {
    return ask(request, _ -> true);
  }

  /** Makes a request; an operation is done by these nodes only. */
  <R, T> T ask(Request<R, T> request, Predicate<Node> where) {
    requireUsable();
    Duration limit = config().deadline().multipliedBy(request.deadlines());
    return request.read().apply(Blocking.await(request.begin(cluster, where), limit));
  }
}
