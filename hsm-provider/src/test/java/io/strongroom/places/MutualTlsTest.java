package io.strongroom.places;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.places.Pki.Identity;
import io.strongroom.places.Recorded.Signed;
import io.strongroom.provider.HsmProvider;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** JSSE on both sides, the private keys of server and client in the token. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutualTlsTest {

  private static final List<String> IN_SOFTWARE_ONLY =
      List.of("create", "unwrap", "derive", "encrypt", "decrypt", "mac", "verify", "random");

  private Recorded recorded;
  private Pki pki;

  @BeforeAll
  void open(SoftHsmToken token) throws Exception {
    recorded = new Recorded(Hsm.open(token.url()));
    pki = new Pki(token, recorded.hsm());
    // The first use of PSS parameters has the device try them, which is a signature more.
    Signature pss = Signature.getInstance("SHA256withRSAandMGF1", pki.provider);
    pss.initSign(identity("tried", Kind.RSA_PSS).key());
  }

  @AfterEach
  void unregister() {
    pki.unregister();
  }

  @AfterAll
  void close() {
    pki.close();
  }

  /** A kind of key, and the signature that TLS has to choose for it (RFC 8446 §4.2.3). */
  enum Kind {
    RSA_PSS("RSA", 2048, new SignatureAlgorithm.RsaPss(Digest.SHA_256, Digest.SHA_256, 32), 32),
    ECDSA_P256("EC", 256, new SignatureAlgorithm.Ecdsa(), 32),
    ECDSA_P384("EC", 384, new SignatureAlgorithm.Ecdsa(), 48);

    final String family;
    final int bits;
    final Signed signed;

    Kind(String family, int bits, SignatureAlgorithm algorithm, int digestBytes) {
      this.family = family;
      this.bits = bits;
      this.signed = new Signed(algorithm, digestBytes);
    }
  }

  static Stream<Arguments> kinds() {
    return Stream.of(Kind.values())
        .flatMap(kind ->
            Stream.of("TLSv1.3", "TLSv1.2")
                .flatMap(protocol ->
                    Stream.of(Place.values()).map(place -> Arguments.of(kind, protocol, place))));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void handshake_withBothKeysInTheToken_signsThereAndNothingElse(
      Kind kind, String protocol, Place place) throws Exception {
    Identity server = identity("server", kind);
    Identity client = identity("client", kind);
    pki.register(place);
    try (Handshakes handshakes = new Handshakes(context(server))) {
      recorded.calls();
      recorded.signatures();
      SSLSession session = handshakes.connect(context(client), protocol);
      assertThat(session.getProtocol()).isEqualTo(protocol);
      assertThat(session.getPeerCertificates()).containsExactly(server.chain());
      assertThat(session.getLocalCertificates()).containsExactly(client.chain());
    }
    assertThat(recorded.signatures())
        .as("one signature of the server's key and one of the client's")
        .containsExactly(kind.signed, kind.signed);
    assertThat(recorded.calls()).doesNotContainAnyElementsOf(IN_SOFTWARE_ONLY);
    assertThat(pki.sessionKeys()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void handshakes_manyInParallel_allSucceedAndLeaveNothing(Place place) throws Exception {
    Identity server = identity("server", Kind.ECDSA_P256);
    Identity client = identity("client", Kind.RSA_PSS);
    pki.register(place);
    try (Handshakes handshakes = new Handshakes(context(server));
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      recorded.signatures();
      recorded.calls();
      Callable<String> connect = () -> handshakes.connect(context(client), "TLSv1.3").getProtocol();
      List<Future<String>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        all.add(threads.submit(connect));
      }
      for (Future<String> one : all) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo("TLSv1.3");
      }
    }
    assertThat(recorded.signatures()).hasSize(200);
    assertThat(recorded.calls()).doesNotContainAnyElementsOf(IN_SOFTWARE_ONLY);
    assertThat(pki.sessionKeys()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void resumption_ofASession_asksTheTokenForNothing(Place place) throws Exception {
    Identity server = identity("server", Kind.ECDSA_P256);
    SSLContext client = context(identity("client", Kind.ECDSA_P256));
    pki.register(place);
    try (Handshakes handshakes = new Handshakes(context(server))) {
      handshakes.connect(client, "TLSv1.3");
      recorded.signatures();
      recorded.calls();
      handshakes.connect(client, "TLSv1.3");
    }
    assertThat(recorded.signatures()).isEmpty();
    assertThat(recorded.calls()).doesNotContainAnyElementsOf(IN_SOFTWARE_ONLY);
  }

  @Test
  void serverKey_destroyedWhileServing_failsTheHandshakeWithAnAlert() throws Exception {
    Identity doomed = identity("doomed", Kind.ECDSA_P256);
    Identity good = identity("good", Kind.ECDSA_P256);
    pki.register(Place.LAST);
    try (Handshakes handshakes = new Handshakes(context(doomed))) {
      handshakes.connect(context(good), "TLSv1.3");
      pki.hsm.destroy(pki.provider.describe(doomed.key()).id());
      assertThatThrownBy(() -> handshakes.connect(context(good), "TLSv1.3"))
          .isInstanceOf(SSLHandshakeException.class)
          .hasMessageContaining("handshake_failure");
    }
    try (Handshakes handshakes = new Handshakes(context(good))) {
      assertThat(handshakes.connect(context(good), "TLSv1.3").isValid()).isTrue();
    }
  }

  @Test
  void clientKey_destroyed_failsTheHandshakeAndSaysWhichKey() throws Exception {
    Identity doomed = identity("doomed", Kind.RSA_PSS);
    Identity good = identity("good", Kind.ECDSA_P256);
    pki.register(Place.LAST);
    try (Handshakes handshakes = new Handshakes(context(good))) {
      SSLContext client = context(doomed);
      KeyId id = pki.provider.describe(doomed.key()).id();
      pki.hsm.destroy(id);
      assertThatThrownBy(() -> handshakes.connect(client, "TLSv1.3"))
          .isInstanceOf(SSLHandshakeException.class)
          .hasStackTraceContaining(id.toString());
    }
  }

  @Test
  void provider_closedWhileServing_failsTheHandshakeWithAnAlert() throws Exception {
    Identity server = identity("server", Kind.ECDSA_P256);
    String label = pki.provider.describe(server.key()).label();
    try (HsmProvider other = new HsmProvider().configure(pki.url)) {
      Security.addProvider(other);
      KeyStore keys = KeyStore.getInstance("HSM", other);
      keys.load(null, null);
      PrivateKey key = (PrivateKey) keys.getKey(label, null);
      SSLContext both = TlsExample.context(other, key, server.chain(), pki.trusted());
      try (Handshakes handshakes = new Handshakes(both)) {
        handshakes.connect(both, "TLSv1.3");
        other.close();
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, pki.trust().getTrustManagers(), null);
        assertThatThrownBy(() -> handshakes.connect(client, "TLSv1.3"))
            .isInstanceOf(SSLException.class)
            .hasMessageContaining("alert");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048, TLSv1.3", "EC, 256, TLSv1.3", "EC, 384, TLSv1.2"})
  void handshake_withKeysAndChainsOfTheKeyStore_isAuthenticatedOnBothSides(
      String family, int bits, String protocol) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(family, pki.provider);
    generator.initialize(bits);
    KeyPair pair = generator.generateKeyPair();
    KeyStore store = KeyStore.getInstance("HSM", pki.provider);
    store.load(null, null);
    X509Certificate certificate = pki.issue("CN=stored", pair.getPublic());
    store.setKeyEntry(
        "stored", pair.getPrivate(), null, new X509Certificate[] {certificate, pki.ca});
    pki.register(Place.LAST);
    SSLContext both = TlsExample.fromKeyStore(pki.provider, pki.trust());
    try (Handshakes handshakes = new Handshakes(both)) {
      SSLSession session = handshakes.connect(both, protocol);
      assertThat(session.getPeerCertificates()).containsExactly(certificate, pki.ca);
      assertThat(session.getLocalCertificates()).containsExactly(certificate, pki.ca);
    } finally {
      store.deleteEntry("stored");
    }
  }

  @Test
  void keyManager_withTheChainOfAnotherKey_isRefused() throws Exception {
    Identity one = identity("one", Kind.ECDSA_P256);
    Identity other = identity("other", Kind.ECDSA_P256);
    assertThatThrownBy(() -> pki.provider.keyManager(one.key(), other.chain()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("is not for EC_256 key \"one-");
    assertThatThrownBy(() -> pki.provider.keyManager(one.key(), pki.ca, one.certificate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("in order");
    assertThatThrownBy(() -> pki.provider.keyManager(one.key()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("got no chain");
  }

  @Test
  void keyManager_forAKeyInSoftware_isRefused() throws Exception {
    PrivateKey software =
        KeyPairGenerator.getInstance("EC", "SunEC").generateKeyPair().getPrivate();
    assertThatThrownBy(() -> pki.provider.keyManager(software, pki.ca))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("wanted one that is in the HSM");
  }

  @Test
  void keyManager_forIssuersOfOthers_offersNothing() throws Exception {
    Identity one = identity("one", Kind.ECDSA_P256);
    X509ExtendedKeyManager manager = pki.provider.keyManager(one.key(), one.chain());
    String[] types = {"RSA", "EC"};
    Principal[] ours = {pki.ca.getSubjectX500Principal()};
    Principal[] others = {new X500Principal("CN=Another")};
    assertThat(manager.chooseClientAlias(types, ours, null)).isNotNull();
    assertThat(manager.chooseClientAlias(types, others, null)).isNull();
    assertThat(manager.chooseClientAlias(new String[] {"RSA"}, ours, null)).isNull();
    assertThat(manager.getPrivateKey("another")).isNull();
  }

  private Identity identity(String name, Kind kind) throws Exception {
    return pki.identity(name, kind.family, kind.bits);
  }

  private SSLContext context(Identity identity) throws Exception {
    return TlsExample.context(pki.provider, identity.key(), identity.chain(), pki.trusted());
  }
}
