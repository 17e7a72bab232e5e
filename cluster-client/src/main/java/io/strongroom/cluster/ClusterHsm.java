package io.strongroom.cluster;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.DeriveCodec;
import io.strongroom.cluster.wire.InfoCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.CheckValue;
import io.strongroom.cluster.wire.v1.CreateRequest;
import io.strongroom.cluster.wire.v1.DeriveRequest;
import io.strongroom.cluster.wire.v1.ExportAttempts;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.UnwrapRequest;
import io.strongroom.cluster.wire.v1.Wrap;
import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Many nodes as one HSM. Each operation goes to a node that holds the key, of the own zone first,
 * and is repeated at another one when a node fails it; keys are made and destroyed on a quorum of
 * nodes. What stays in the cluster are token keys that never leave.
 *
 * <p>Safe for use by many threads, virtual ones too, but not by an event loop's: calls block.
 */
public final class ClusterHsm implements Hsm {

  /**
   * Of a control call: refused nodes are asked again, a birth takes four deadlines, undoing two.
   */
  private static final int MANAGEMENT_DEADLINES = 10;

  /** How long {@link #open} waits for slow nodes when others serve already. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How long a status waits for nodes that do not answer. */
  private static final Duration STATUS_PATIENCE = Duration.ofSeconds(4);

  private static final Duration OPENING = Node.CONNECT_TIMEOUT.multipliedBy(3);

  private final ClusterConfig config;
  private final Loop loop;
  private final Fleet fleet;
  private final Catalog catalog;
  private final Dispatcher dispatcher;
  private final ClientObserver observer;
  private final KeyMaker maker;
  private final KeyDestroyer destroyer;

  private ClusterHsm(ClusterConfig config, Loop loop, Telemetry telemetry) {
    this.config = config;
    this.loop = loop;
    SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
    this.fleet = new Fleet(config, loop.vertx(), System::nanoTime, random);
    this.catalog = new Catalog(config.cluster(), fleet);
    this.dispatcher = new Dispatcher(loop.vertx(), fleet, System::nanoTime, config.deadline());
    this.observer = ClientObserver.of(telemetry, config, fleet, dispatcher);
    this.destroyer = new KeyDestroyer(loop.vertx(), fleet, config);
    this.maker = new KeyMaker(loop.vertx(), fleet, catalog, destroyer, config);
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
      hsm.connect();
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
    config.tls().files().identity();
    return new ClusterHsm(config, new Loop(), telemetry);
  }

  private void connect() {
    loop.await(
        OPENING,
        () ->
            fleet
                .connect(PATIENCE)
                .compose(
                    _ -> fleet.serving().isEmpty() ? fleet.connectAny() : Future.succeededFuture())
                .recover(_ ->
                    Future.failedFuture(
                        new HsmException.DeviceUnavailable(
                            "no node of cluster \"%s\" serves: %s"
                                .formatted(config.cluster(), fleet.absences())))));
  }

  @Override
  public HsmInfo info() {
    return onLoop(() -> Future.succeededFuture(catalog.info()));
  }

  /**
   * {@inheritDoc}
   *
   * <p>The locations are the nodes that hold the key, as far as they were ever heard.
   */
  @Override
  public List<KeyInfo> keys() {
    onLoop(fleet::refresh);
    return catalog.keys();
  }

  @Override
  public KeyInfo key(KeyId id) {
    return find(() -> catalog.key(id), "key " + id);
  }

  @Override
  public KeyInfo key(String label) {
    return find(() -> catalog.key(label), "a key with label \"" + label + "\"");
  }

  private KeyInfo find(Supplier<Optional<KeyInfo>> search, String what) {
    loop.requireUsable();
    return search
        .get()
        .orElseGet(() ->
            onLoop(() ->
                fleet.refresh().map(_ -> search.get().orElseThrow(() -> fleet.missing(what)))));
  }

  /**
   * {@inheritDoc}
   *
   * @throws HsmException.BadInput also for session keys and for a protection other than {@code
   *     NEVER_LEAVES}: a cluster keeps no such keys
   * @throws HsmException.UnsupportedMechanism also for Edwards and Montgomery curves, which cannot
   *     be sealed
   * @throws HsmException.DeviceUnavailable also if fewer nodes than the quorum took the key; it is
   *     undone everywhere then, and its id is used up
   */
  @Override
  public KeyInfo create(KeySpec spec) {
    requireSealable(spec);
    CreateRequest request = CreateRequest.newBuilder().setSpec(KeyCodec.toWire(spec)).build();
    return manage(() ->
        maker.make(
            new KeyMaker.Birth(
                spec,
                List.of(),
                (node, timeout) -> node.call(NodeGrpcClient.Create, request, timeout))));
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
    requireSealable(target);
    requireAtMost(Limits.WRAPPED_BYTES, wrapped.length, "the wrapped key");
    UnwrapRequest request =
        UnwrapRequest.newBuilder()
            .setSpec(KeyCodec.toWire(target))
            .setUnwrappingKey(KeyCodec.toWire(unwrappingKey))
            .setAlgorithm(AlgorithmCodec.toWire(algorithm))
            .setWrapped(ByteString.copyFrom(wrapped))
            .build();
    return manage(() ->
        maker.make(
            new KeyMaker.Birth(
                target,
                List.of(unwrappingKey),
                (node, timeout) -> node.call(NodeGrpcClient.Unwrap, request, timeout))));
  }

  /**
   * {@inheritDoc}
   *
   * @throws HsmException.DeviceUnavailable also if fewer nodes than the quorum took the key; it is
   *     undone everywhere then, and its id is used up
   */
  @Override
  public KeyInfo derive(KeyId key, DeriveAlgorithm algorithm, KeySpec target) {
    requireSealable(target);
    DeriveRequest request =
        DeriveRequest.newBuilder()
            .setSpec(KeyCodec.toWire(target))
            .setKey(KeyCodec.toWire(key))
            .setAlgorithm(DeriveCodec.toWire(algorithm))
            .build();
    return manage(() ->
        maker.make(
            new KeyMaker.Birth(
                target,
                List.of(key),
                (node, timeout) -> node.call(NodeGrpcClient.Derive, request, timeout))));
  }

  private static void requireSealable(KeySpec spec) {
    if (spec.session() || spec.protection() != Protection.NEVER_LEAVES) {
      throw new HsmException.BadInput(
          "a cluster keeps token keys that never leave; \"%s\" is to be a %s key with %s"
              .formatted(spec.label(), spec.session() ? "session" : "token", spec.protection()));
    }
    if (spec.type().family() == KeyType.Family.EDWARDS
        || spec.type().family() == KeyType.Family.MONTGOMERY) {
      throw new HsmException.UnsupportedMechanism(
          spec.type()
              + " keys cannot be sealed (AES-KWP does not take them), so they live on one"
              + " token only; use EC_256, or a pkcs11: URL");
    }
  }

  @Override
  public byte[] wrap(KeyId wrappingKey, WrapAlgorithm algorithm, KeyId target) {
    Operation.Builder operation =
        Operation.newBuilder()
            .setKey(KeyCodec.toWire(wrappingKey))
            .setWrap(
                Wrap.newBuilder()
                    .setAlgorithm(AlgorithmCodec.toWire(algorithm))
                    .setTarget(KeyCodec.toWire(target)));
    return output(dispatch(operation, List.of(wrappingKey, target)));
  }

  /**
   * {@inheritDoc}
   *
   * @throws HsmException.DeviceUnavailable also if fewer nodes than the quorum confirmed it; call
   *     it again then
   */
  @Override
  public void destroy(KeyId id) {
    manage(() -> destroyer.destroy(id));
  }

  @Override
  public byte[] checkValue(KeyId id) {
    return output(
        dispatch(
            Operation.newBuilder()
                .setKey(KeyCodec.toWire(id))
                .setCheckValue(CheckValue.getDefaultInstance()),
            List.of(id)));
  }

  @Override
  public Encrypted encrypt(KeyId key, CipherAlgorithm algorithm, byte[] plaintext) {
    Answer answer =
        dispatch(use(key, plaintext).setEncrypt(AlgorithmCodec.toWire(algorithm)), List.of(key));
    return InfoCodec.fromWire(answer.getEncrypted());
  }

  @Override
  public byte[] decrypt(KeyId key, CipherAlgorithm algorithm, byte[] ciphertext) {
    return output(
        dispatch(use(key, ciphertext).setDecrypt(AlgorithmCodec.toWire(algorithm)), List.of(key)));
  }

  @Override
  public byte[] sign(KeyId key, SignatureAlgorithm algorithm, byte[] input) {
    return output(
        dispatch(use(key, input).setSign(AlgorithmCodec.toWire(algorithm, null)), List.of(key)));
  }

  @Override
  public boolean verify(KeyId key, SignatureAlgorithm algorithm, byte[] input, byte[] signature) {
    // Longer than any signature: it does not fit, and need not travel.
    byte[] sent = signature.length > Limits.SIGNATURE_BYTES ? new byte[0] : signature;
    return dispatch(use(key, input).setVerify(AlgorithmCodec.toWire(algorithm, sent)), List.of(key))
        .getVerified();
  }

  @Override
  public byte[] mac(KeyId key, MacAlgorithm algorithm, byte[] message) {
    return output(
        dispatch(use(key, message).setMac(AlgorithmCodec.toWire(algorithm)), List.of(key)));
  }

  @Override
  public byte[] random(int bytes) {
    if (bytes < 0 || bytes > Limits.RANDOM_BYTES) {
      throw new HsmException.BadInput(
          "one call gives 0 to " + Limits.RANDOM_BYTES + " random bytes, not " + bytes);
    }
    return output(dispatch(Operation.newBuilder().setRandomBytes(bytes), List.of()));
  }

  @Override
  public KeyInfo keep(KeyId sessionKey, String label) {
    throw new HsmException.UnsupportedMechanism(
        describe() + " has no session keys to keep; make \"" + label + "\" as a token key at once");
  }

  /** None: nodes carry keys to each other, not certificates. */
  @Override
  public List<HsmCertificate> certificates(CertificateFilter filter) {
    return List.of();
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
    return "cluster \"" + config.cluster() + "\"";
  }

  @Override
  public List<ExportAttempt> attemptExport(KeyId id) {
    Answer answer =
        dispatch(
            Operation.newBuilder()
                .setKey(KeyCodec.toWire(id))
                .setExportAttempts(ExportAttempts.getDefaultInstance()),
            List.of(id));
    return InfoCodec.fromWire(answer.getExportReport());
  }

  /**
   * Checks every node now: connects where there is no connection, has each token do a probe's work,
   * and hears what it holds.
   *
   * @return one entry a node, in the order of the configuration; a node that fails has its reason
   */
  public List<NodeStatus> status() {
    return onLoop(() ->
        fleet
            .connect(STATUS_PATIENCE)
            .compose(_ -> fleet.refresh())
            .map(_ -> catalog.status(config)));
  }

  /**
   * The same, and what it means for the cluster: a lost quorum, different domain keys, keys on too
   * few nodes, certificates that run out.
   *
   * @param now the time, to judge certificates by
   */
  public ClusterReport report(Instant now) {
    List<NodeStatus> nodes = status();
    return onLoop(() -> Future.succeededFuture(new Diagnosis(config, fleet, now).of(nodes)));
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
          "no node of cluster \"%s\" serves: %s".formatted(config.cluster(), fleet.absences()));
    }
    return new Levelling(loop, fleet, config.deadline(), dryRun, progress).run();
  }

  /** The configuration it was opened with. */
  public ClusterConfig config() {
    return config;
  }

  /** Ends the connections; operations under way fail. Idempotent. */
  @Override
  public void close() {
    loop.close(() -> {
      dispatcher.close();
      fleet.close();
      observer.close();
    });
  }

  private static Operation.Builder use(KeyId key, byte[] input) {
    requireAtMost(Limits.INPUT_BYTES, input.length, "the input");
    // Not copied: the caller does not change it during the call, and the call outlasts its use.
    return Operation.newBuilder()
        .setKey(KeyCodec.toWire(key))
        .setInput(UnsafeByteOperations.unsafeWrap(input));
  }

  private static void requireAtMost(int most, int bytes, String what) {
    if (bytes > most) {
      throw new HsmException.BadInput(
          what + " has " + bytes + " bytes; a cluster takes at most " + most);
    }
  }

  private Answer dispatch(Operation.Builder operation, List<KeyId> keys) {
    ClientObserver.Request request = observer.begin(operation);
    Operation built = operation.build();
    return onLoop(() -> request.ending(dispatcher.dispatch(built, keys)));
  }

  private static byte[] output(Answer answer) {
    return answer.getOutput().toByteArray();
  }

  private <T> T onLoop(Supplier<Future<T>> work) {
    return loop.await(config.deadline(), work);
  }

  private <T> T manage(Supplier<Future<T>> work) {
    Duration limit = config.deadline().multipliedBy(MANAGEMENT_DEADLINES);
    return loop.await(limit, work);
  }
}
