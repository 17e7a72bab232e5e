package io.strongroom.cluster;

import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * A cluster's {@link Hsm} for Vert.x applications: the same operations with the same meaning, that
 * never block and never throw. What an {@code Hsm} would throw is the failure of the {@code
 * Future}.
 *
 * <p>Results come on the Vert.x context of the caller: in a verticle on its own event loop, worker
 * or virtual thread. A caller without a context gets them on the client's event loop, which must
 * not be blocked. Byte arrays that are given to an operation are not to be changed before its
 * result is there.
 *
 * <p>An operation for which no node is free waits in a bounded room; one more than fits there fails
 * at once with {@link HsmException.Throttled}, and its caller is to send less. Each ends within the
 * configuration's deadline, key management within ten of them.
 *
 * <p>The client lives in the application's {@code Vertx} on one event loop of its own. Opened in a
 * verticle, it ends when that is undeployed; opened elsewhere, with the {@code Vertx}; else by
 * {@link #close}. Safe for use by many threads and verticles.
 */
public interface AsyncHsm {

  /**
   * Opens {@code cluster:<path of cluster.yaml>}; see {@link ClusterDriver} for the settings of
   * such a URL. Files are read on a worker thread.
   *
   * @return the client, once it serves as {@link #open(Vertx, ClusterConfig)} says; fails also with
   *     {@link HsmException.BadInput} if URL or file is malformed
   */
  static Future<AsyncHsm> open(Vertx vertx, String url) {
    return vertx
        .executeBlocking(() -> ClusterDriver.config(url), false)
        .compose(config -> open(vertx, config));
  }

  /**
   * Connects to a cluster.
   *
   * @return the client, when all nodes are connected, or one is and the others have had the time
   *     for it; fails with {@link HsmException.BadInput} if the caller's own certificate or key
   *     cannot be read, and with {@link HsmException.DeviceUnavailable} if no node serves, with
   *     each node's reason
   */
  static Future<AsyncHsm> open(Vertx vertx, ClusterConfig config) {
    return open(vertx, config, Telemetry.ofProcess());
  }

  /**
   * The same, with meters or traces.
   *
   * @param telemetry where they go
   */
  static Future<AsyncHsm> open(Vertx vertx, ClusterConfig config, Telemetry telemetry) {
    return vertx
        .executeBlocking(
            () -> {
              config.requireIdentity();
              return config;
            },
            false)
        .compose(_ -> AsyncClusterHsm.open(vertx, config, telemetry));
  }

  /** As {@link Hsm#info}. */
  Future<HsmInfo> info();

  /** As {@link Hsm#keys}; the locations are the nodes that hold a key. */
  Future<List<KeyInfo>> keys();

  /** As {@link Hsm#key(KeyId)}. */
  Future<KeyInfo> key(KeyId id);

  /** As {@link Hsm#key(String)}. */
  Future<KeyInfo> key(String label);

  /** As {@link ClusterHsm#create}. */
  Future<KeyInfo> create(KeySpec spec);

  /** As {@link ClusterHsm#unwrap}. */
  Future<KeyInfo> unwrap(
      KeyId unwrappingKey, WrapAlgorithm algorithm, byte[] wrapped, KeySpec target);

  /** As {@link ClusterHsm#derive}. */
  Future<KeyInfo> derive(KeyId key, DeriveAlgorithm algorithm, KeySpec target);

  /** As {@link Hsm#wrap}. */
  Future<byte[]> wrap(KeyId wrappingKey, WrapAlgorithm algorithm, KeyId target);

  /** As {@link ClusterHsm#destroy}. */
  Future<Void> destroy(KeyId id);

  /** As {@link Hsm#checkValue}. */
  Future<byte[]> checkValue(KeyId id);

  /** As {@link Hsm#encrypt}. */
  Future<Encrypted> encrypt(KeyId key, CipherAlgorithm algorithm, byte[] plaintext);

  /** As {@link Hsm#decrypt}. */
  Future<byte[]> decrypt(KeyId key, CipherAlgorithm algorithm, byte[] ciphertext);

  /** As {@link Hsm#sign}. */
  Future<byte[]> sign(KeyId key, SignatureAlgorithm algorithm, byte[] input);

  /** As {@link Hsm#verify}. */
  Future<Boolean> verify(KeyId key, SignatureAlgorithm algorithm, byte[] input, byte[] signature);

  /** As {@link Hsm#mac}. */
  Future<byte[]> mac(KeyId key, MacAlgorithm algorithm, byte[] message);

  /** As {@link Hsm#random}. */
  Future<byte[]> random(int bytes);

  /** As {@link Hsm#attemptExport}. */
  Future<List<ExportAttempt>> attemptExport(KeyId id);

  /** As {@link ClusterHsm#status}. */
  Future<List<NodeStatus>> status();

  /** The configuration it was opened with. */
  ClusterConfig config();

  /**
   * Ends the connections; operations under way fail with {@link HsmException.DeviceUnavailable},
   * later ones with {@code IllegalStateException}. Idempotent.
   */
  Future<Void> close();
}
