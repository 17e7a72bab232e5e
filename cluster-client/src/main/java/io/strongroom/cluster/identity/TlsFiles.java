package io.strongroom.cluster.identity;

import io.strongroom.hsm.HsmException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files of a member, and the Vert.x options made from them: HTTP/2 over TLS 1.3 with
 * certificates on both sides. The files are read anew by each method.
 *
 * @param ca the cluster's CA certificate; several while one follows another
 * @param certificate this member's certificate
 * @param key this member's private key, PKCS#8
 * @param crl the certificates that the CA has revoked; null for none
 */
public record TlsFiles(Path ca, Path certificate, Path key, @Nullable Path crl) {
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");
  private static final List<HttpVersion> HTTP = List.of(HttpVersion.HTTP_2);

  /** Without revoked certificates. */
  public TlsFiles(Path ca, Path certificate, Path key) {
    this(ca, certificate, key, null);
  }

  /** The files, to look whether they changed. */
  List<Path> all() {
    return crl == null ? List.of(ca, certificate, key) : List.of(ca, certificate, key, crl);
  }

  /**
   * Whose certificates are accepted.
   *
   * @throws HsmException.BadInput if a file cannot be read
   */
  public Authorities authorities() {
    return Authorities.read(ca, crl, Clock.systemUTC());
  }

  /**
   * What is wrong with this member's own certificate, so that peers may refuse it; null if it is as
   * it should be, as far as can be seen from here.
   */
  public @Nullable String ownFault(Purpose purpose) {
    try {
      authorities().check(Pem.readCertificates(certificate), purpose);
      identity();
      return null;
    } catch (PeerRefused e) {
      return certificate + ": " + e.text();
    } catch (HsmException.BadInput e) {
      return e.text();
    }
  }

  /**
   * Who this member is.
   *
   * @throws HsmException.BadInput if the certificate cannot be read or names no identity
   */
  public SpiffeId identity() {
    return SpiffeId.of(Pem.readCertificate(certificate));
  }

  /**
   * Options for a client of one node: the connection fails unless the peer's certificate chains to
   * the CA and its SPIFFE id is this one.
   *
   * @throws HsmException.BadInput if a file cannot be read
   */
  public HttpClientOptions clientOptions(SpiffeId node) {
    PeerTrust trust =
        new PeerTrust(authorities(), node::equals, node + "; check the node's address");
    return new HttpClientOptions()
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setSsl(true)
        .setUseAlpn(true)
        .setAlpnVersions(HTTP)
        .setVerifyHost(false)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setKeyCertOptions(keyCertOptions())
        .setTrustOptions(TrustOptions.wrap(trust));
  }

  /**
   * Options for a node's server: clients need a certificate that chains to the CA and names some
   * identity. Which identities may make which calls is for the calls to check.
   *
   * @throws HsmException.BadInput if a file cannot be read
   */
  public HttpServerOptions serverOptions() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setAlpnVersions(HTTP)
            .setEnabledSecureTransportProtocols(PROTOCOLS)
            .setKeyCertOptions(keyCertOptions())
            .setTrustOptions(clientTrust());
    options.setClientAuth(ClientAuth.REQUIRED);
    return options;
  }

  /**
   * The same for {@code HttpServer.updateSSLOptions}, with the files as they are now.
   *
   * @throws HsmException.BadInput if a file cannot be read
   */
  public ServerSSLOptions serverSslOptions() {
    return new ServerSSLOptions()
        .setClientAuth(ClientAuth.REQUIRED)
        .setUseAlpn(true)
        .setApplicationLayerProtocols(List.of("h2"))
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setKeyCertOptions(keyCertOptions())
        .setTrustOptions(clientTrust());
  }

  private TrustOptions clientTrust() {
    return TrustOptions.wrap(new PeerTrust(authorities(), anyone -> true, "any identity"));
  }

  private KeyCertOptions keyCertOptions() {
    Pem.requirePair(certificate, key);
    List<X509Certificate> chain = Pem.readCertificates(certificate);
    if (chain.getFirst().getPublicKey().getAlgorithm().equals("EC")) {
      return KeyCertOptions.wrap(new MemberKeyManager(chain, Pem.readPrivateKey(key)));
    }
    return new PemKeyCertOptions().setCertValue(read(certificate)).setKeyValue(read(key));
  }

  private static Buffer read(Path file) {
    try {
      return Buffer.buffer(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new HsmException.BadInput(
          "cannot read " + file + "; check the tls entries of the configuration", e);
    }
  }
}
