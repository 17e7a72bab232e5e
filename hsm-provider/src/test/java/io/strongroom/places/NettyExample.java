package io.strongroom.places;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.strongroom.provider.HsmProvider;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManagerFactory;

/** A Netty server whose private key is in the HSM. */
final class NettyExample {

  private NettyExample() {}

  static SslContext server(
      HsmProvider hsm, PrivateKey key, X509Certificate[] chain, TrustManagerFactory trust)
      throws Exception {
    // tag::netty[]
    Security.addProvider(hsm);
    SslContext tls =
        SslContextBuilder.forServer(hsm.keyManager(key, chain))
            .sslProvider(SslProvider.JDK) // OpenSSL inside Netty wants the key's bytes
            .trustManager(trust)
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    // end::netty[]
    return tls;
  }
}
