package io.strongroom.places;

import io.strongroom.provider.HsmProvider;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManagerFactory;

/** A Vert.x HTTP server whose private key is in the HSM. */
final class VertxExample {

  private VertxExample() {}

  static HttpServerOptions server(
      HsmProvider hsm, PrivateKey key, X509Certificate[] chain, TrustManagerFactory trust)
      throws Exception {
    // tag::vertx[]
    Security.addProvider(hsm);
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(KeyCertOptions.wrap(hsm.keyManager(key, chain)))
            .setTrustOptions(TrustOptions.wrap(trust))
            .setClientAuth(ClientAuth.REQUIRED);
    // end::vertx[]
    return options;
  }
}
