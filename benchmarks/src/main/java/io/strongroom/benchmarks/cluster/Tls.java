package io.strongroom.benchmarks.cluster;

import io.strongroom.cluster.ClusterConfig;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.Set;

/** TLS 1.3 with the cluster's certificates, for clients that are not ours. */
final class Tls {
  static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

  private Tls() {}

  /** Options for HTTP/2 to the cluster's nodes. */
  static HttpClientOptions clientOptions(ClusterConfig config) {
    return new HttpClientOptions()
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setSsl(true)
        .setUseAlpn(true)
        .setVerifyHost(false)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setKeyCertOptions(identity(config))
        .setTrustOptions(trust(config));
  }

  static PemKeyCertOptions identity(ClusterConfig config) {
    return new PemKeyCertOptions()
        .setCertPath(config.tls().certificate().toString())
        .setKeyPath(config.tls().key().toString());
  }

  /** The first node's, which lies beside the CA's certificate. */
  static PemKeyCertOptions nodeIdentity(ClusterConfig config) {
    Path folder = config.tls().ca().resolveSibling(config.nodes().getFirst().name());
    return new PemKeyCertOptions()
        .setCertPath(folder.resolve("node.crt").toString())
        .setKeyPath(folder.resolve("node.key").toString());
  }

  static PemTrustOptions trust(ClusterConfig config) {
    return new PemTrustOptions().addCertPath(config.tls().ca().toString());
  }
}
