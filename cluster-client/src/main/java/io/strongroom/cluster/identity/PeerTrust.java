package io.strongroom.cluster.identity;

import io.strongroom.hsm.HsmException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts certificates that chain to the cluster's CA and whose SPIFFE id is as expected. Host names
 * play no part: a node is who its certificate says, wherever it runs.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private final X509TrustManager chains;
  private final Predicate<SpiffeId> expected;
  private final String wanted;

  /**
   * @param wanted what is expected, for the message
   */
  PeerTrust(X509Certificate ca, Predicate<SpiffeId> expected, String wanted) {
    this.chains = chainsTo(ca);
    this.expected = expected;
    this.wanted = wanted;
  }

  private static X509TrustManager chainsTo(X509Certificate ca) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", ca);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException("this JDK has no PKIX trust manager", e);
    }
  }

  private void checkIdentity(X509Certificate[] chain) throws CertificateException {
    SpiffeId id;
    try {
      id = SpiffeId.of(chain[0]);
    } catch (HsmException.BadInput e) {
      throw new CertificateException(e.getMessage(), e);
    }
    if (!expected.test(id)) {
      throw new CertificateException("the peer is " + id + ", wanted " + wanted);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType);
    checkIdentity(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chains.checkServerTrusted(chain, authType);
    checkIdentity(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chains.getAcceptedIssuers();
  }
}
