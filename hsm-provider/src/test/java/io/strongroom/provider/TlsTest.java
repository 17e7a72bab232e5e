package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Libraries that know nothing of us work with keys in the HSM: Bouncy Castle and JSSE. */
@ExtendWith(SoftHsmExtension.class)
class TlsTest {

  private static final int MESSAGE = 42;

  @ParameterizedTest
  @CsvSource({
    "EC, 256, SHA256withECDSA, TLSv1.3", "RSA, 2048, SHA256withRSA, TLSv1.3",
    "EC, 384, SHA384withECDSA, TLSv1.2", "RSA, 2048, SHA256withRSA, TLSv1.2"
  })
  void server_withItsKeyInTheHsm_isTrusted(
      String family, int bits, String algorithm, String protocol, SoftHsmToken token)
      throws Exception {
    try (ProviderFixture fixture = new ProviderFixture(token);
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Security.addProvider(fixture.provider);
      KeyPairGenerator generator = KeyPairGenerator.getInstance(family, fixture.provider);
      generator.initialize(bits);
      KeyPair pair = generator.generateKeyPair();
      X509Certificate certificate = selfSigned(pair, algorithm, fixture);
      SSLContext server = SSLContext.getInstance(protocol);
      server.init(
          new KeyManager[] {new OneKey(pair.getPrivate(), certificate, family)}, null, null);
      try (SSLServerSocket listening =
          (SSLServerSocket)
              server
                  .getServerSocketFactory()
                  .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Future<?> served = thread.submit(() -> serve(listening));
        try (SSLSocket socket =
            (SSLSocket)
                client(certificate, protocol)
                    .getSocketFactory()
                    .createSocket(listening.getInetAddress(), listening.getLocalPort())) {
          assertThat(socket.getInputStream().read()).isEqualTo(MESSAGE);
          assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
        }
        served.get(30, TimeUnit.SECONDS);
      }
    } finally {
      Security.removeProvider(HsmProvider.NAME);
    }
  }

  private static Void serve(SSLServerSocket listening) throws Exception {
    try (Socket socket = listening.accept()) {
      socket.getOutputStream().write(MESSAGE);
    }
    return null;
  }

  private static X509Certificate selfSigned(KeyPair pair, String algorithm, ProviderFixture fixture)
      throws Exception {
    X500Name name = new X500Name("CN=localhost");
    Instant now = Instant.now();
    X509CertificateHolder holder =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minus(1, ChronoUnit.HOURS)),
                Date.from(now.plus(1, ChronoUnit.HOURS)),
                name,
                pair.getPublic())
            .build(
                new JcaContentSignerBuilder(algorithm)
                    .setProvider(fixture.provider)
                    .build(pair.getPrivate()));
    return new JcaX509CertificateConverter().getCertificate(holder);
  }

  private static SSLContext client(X509Certificate trusted, String protocol) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("server", trusted);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  /** Offers one key of one type. */
  private static final class OneKey extends X509ExtendedKeyManager {
    private final PrivateKey key;
    private final X509Certificate certificate;
    private final String type;

    OneKey(PrivateKey key, X509Certificate certificate, String type) {
      this.key = key;
      this.certificate = certificate;
      this.type = type;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
      return keyType.startsWith(type) ? new String[] {"key"} : null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return keyType.startsWith(type) ? "key" : null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {certificate};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }
  }
}
