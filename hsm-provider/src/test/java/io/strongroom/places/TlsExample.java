package io.strongroom.places;

import io.strongroom.provider.HsmProvider;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS of the JDK (JSSE) with a private key in the HSM and its chain from files or the HSM. */
final class TlsExample {

  private TlsExample() {}

  static SSLContext context(
      HsmProvider hsm, PrivateKey key, X509Certificate[] chain, KeyStore authorities)
      throws Exception {
    // tag::jsse[]
    Security.addProvider(hsm); // behind the JDK's own: TLS asks the list who signs with this key
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authorities);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {hsm.keyManager(key, chain)}, trust.getTrustManagers(), null);
    // end::jsse[]
    return tls;
  }

  static SSLContext fromKeyStore(HsmProvider hsm, TrustManagerFactory trust) throws Exception {
    // tag::jsse-store[]
    KeyStore store = KeyStore.getInstance("HSM", hsm);
    store.load(null, null);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, null);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    // end::jsse-store[]
    return tls;
  }
}
