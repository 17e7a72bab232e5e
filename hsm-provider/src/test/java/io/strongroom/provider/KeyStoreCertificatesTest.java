package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.TestAuthority;
import io.strongroom.hsm.pkcs11.PublicObjects;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.security.auth.DestroyFailedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates in the key store: chains of private keys, and trust anchors. */
@ExtendWith(SoftHsmExtension.class)
class KeyStoreCertificatesTest {

  private static ProviderFixture fixture;
  private static TestAuthority root;
  private static TestAuthority issuing;
  private KeyStore store;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    root = TestAuthority.root("Root");
    issuing = root.subordinate("Issuing");
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @BeforeEach
  void load() throws Exception {
    store = fixture.keyStore();
  }

  private static KeyPair sessionPair() throws Exception {
    return pair("EC", 256, HsmKeySpec.session(fixture.label()));
  }

  private static KeyPair pair(String family, int bits, HsmKeySpec spec) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(family, fixture.provider);
    generator.initialize(spec.withBits(bits));
    return generator.generateKeyPair();
  }

  private static X509Certificate[] chain(String name, KeyPair pair) throws Exception {
    return new X509Certificate[] {
      issuing.issue(name, pair.getPublic()), issuing.certificate(), root.certificate()
    };
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048, SHA256withRSA", "EC, 256, SHA256withECDSA", "EC, 384, SHA384withECDSA"})
  @Difference("key-store-keeps-session-keys")
  void sessionPair_setWithAChain_isAPrivateKeyEntryOfTheToken(
      String family, int bits, String algorithm) throws Exception {
    String alias = fixture.label();
    KeyPair pair = pair(family, bits, HsmKeySpec.session(fixture.label()));
    X509Certificate[] chain = chain("server", pair);

    store.setKeyEntry(alias, pair.getPrivate(), null, chain);

    assertThat(store.isKeyEntry(alias)).isTrue();
    assertThat(store.isCertificateEntry(alias)).isFalse();
    assertThat(store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)).isTrue();
    assertThat(store.getCertificateChain(alias)).containsExactly(chain);
    assertThat(store.getCertificate(alias)).isEqualTo(chain[0]);
    assertThat(store.getCertificateAlias(chain[0])).isEqualTo(alias);
    KeyStore.PrivateKeyEntry entry = (KeyStore.PrivateKeyEntry) store.getEntry(alias, null);
    assertThat(entry.getCertificateChain()).containsExactly(chain);
    assertThat(fixture.provider.describe(entry.getPrivateKey()).session()).isFalse();
    Signature signer = Signature.getInstance(algorithm, fixture.provider);
    signer.initSign(entry.getPrivateKey());
    byte[] signature = signer.sign();
    signer.initVerify(entry.getCertificate());
    assertThat(signer.verify(signature)).isTrue();
  }

  @Test
  void privateKeyThatWasKept_isNotDestroyedThroughTheObjectOfTheSessionKey() throws Exception {
    String alias = fixture.label();
    KeyPair pair = sessionPair();
    store.setKeyEntry(alias, pair.getPrivate(), null, chain("kept", pair));
    assertThatThrownBy(() -> pair.getPrivate().destroy())
        .isInstanceOf(DestroyFailedException.class)
        .hasMessageContaining("deleteEntry(\"" + alias + "\")");
    assertThat(store.getKey(alias, null)).isEqualTo(pair.getPrivate());
  }

  @Test
  void sessionSecretKey_set_isKept() throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES", fixture.provider);
    SecretKey key = generator.generateKey();
    String alias = fixture.label();
    store.setEntry(alias, new KeyStore.SecretKeyEntry(key), null);
    assertThat(store.getKey(alias, null)).isEqualTo(key);
    assertThat(fixture.provider.describe(key).session()).isFalse();
    assertThatThrownBy(
            () -> store.setKeyEntry(alias, key, null, new Certificate[] {root.certificate()}))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("secret key");
  }

  @Test
  void chainOfATokenKey_setAgain_isReplaced() throws Exception {
    String alias = fixture.label();
    KeyPair pair = pair("EC", 256, HsmKeySpec.token(alias));
    X509Certificate first = TestAuthority.root("itself").issue("reply", pair.getPublic());
    store.setKeyEntry(alias, pair.getPrivate(), null, new Certificate[] {first});
    assertThat(store.getCertificateChain(alias)).containsExactly(first);

    X509Certificate[] reply = chain("reply", pair);
    store.setKeyEntry(alias, pair.getPrivate(), null, reply);

    assertThat(store.getCertificateChain(alias)).containsExactly(reply);
    assertThat(store.getCertificateAlias(first)).isNull();
    assertThat(
            fixture.hsm.certificates().stream()
                .filter(
                    c -> c.certificate().getSubjectX500Principal().getName().equals("CN=reply")))
        .extracting(HsmCertificate::certificate)
        .containsExactly(reply[0]);
  }

  @Test
  void chain_interruptedBetweenNewAndOld_isReadAsTheNewOne() throws Exception {
    String alias = fixture.label();
    KeyPair pair = pair("EC", 256, HsmKeySpec.token(alias));
    KeyId id = fixture.provider.describe(pair.getPrivate()).id();
    X509Certificate[] reply = chain("both", pair);
    fixture.hsm.storeCertificate(new HsmCertificate(id, alias, reply[0]));
    try (PublicObjects peer = new PublicObjects(fixture.token.url())) {
      peer.createCertificate(selfSigned(pair), id.bytes(), alias);
    }
    assertThat(store.getCertificate(alias)).isEqualTo(reply[0]);
    store.setKeyEntry(alias, pair.getPrivate(), null, reply);
    assertThat(fixture.hsm.certificates()).filteredOn(c -> c.id().equals(id)).hasSize(1);
  }

  private static X509Certificate selfSigned(KeyPair pair) throws Exception {
    return TestAuthority.selfSigned("both", pair, fixture.provider);
  }

  @Test
  void issuersInTheToken_ofOtherTools_completeTheChain() throws Exception {
    String alias = fixture.label();
    TestAuthority otherRoot = TestAuthority.root("Other root");
    TestAuthority impostor = TestAuthority.root("Other root");
    KeyPair pair = pair("EC", 256, HsmKeySpec.token(alias));
    X509Certificate leaf = otherRoot.issue("leaf", pair.getPublic());
    try (PublicObjects peer = new PublicObjects(fixture.token.url())) {
      peer.createCertificate(impostor.certificate(), new byte[0], "");
      peer.createCertificate(otherRoot.certificate(), new byte[0], "");
    }
    store.setKeyEntry(alias, pair.getPrivate(), null, new Certificate[] {leaf});
    assertThat(store.getCertificateChain(alias)).containsExactly(leaf, otherRoot.certificate());
  }

  @Test
  @Difference("key-store-trusted-certificates")
  void certificates_thatNobodyVouchedFor_areNoEntries() throws Exception {
    TestAuthority planted = TestAuthority.root("Planted");
    try (PublicObjects peer = new PublicObjects(fixture.token.url())) {
      peer.createCertificate(planted.certificate(), new byte[0], "planted");
    }
    assertThat(store.containsAlias("planted")).isFalse();
    assertThat(store.isCertificateEntry("planted")).isFalse();
    assertThat(store.getCertificate("planted")).isNull();
    assertThat(store.getCertificateAlias(planted.certificate())).isNull();
    assertThat(Collections.list(store.aliases())).doesNotContain("planted");
    assertThat(fixture.hsm.certificates())
        .anyMatch(c -> c.certificate().equals(planted.certificate()));
  }

  @Test
  void trustedCertificate_set_isAnEntryAndAnAnchorOfPathValidation() throws Exception {
    String alias = fixture.label();
    TestAuthority anchor = TestAuthority.root(alias);
    store.setCertificateEntry(alias, anchor.certificate());
    store.setCertificateEntry(alias, anchor.certificate());

    assertThat(store.isCertificateEntry(alias)).isTrue();
    assertThat(store.isKeyEntry(alias)).isFalse();
    assertThat(store.entryInstanceOf(alias, KeyStore.TrustedCertificateEntry.class)).isTrue();
    assertThat(store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)).isFalse();
    assertThat(store.getCertificate(alias)).isEqualTo(anchor.certificate());
    assertThat(store.getCertificateChain(alias)).isNull();
    assertThat(store.getKey(alias, null)).isNull();
    assertThat(store.getCertificateAlias(anchor.certificate())).isEqualTo(alias);
    assertThat(store.getEntry(alias, null))
        .isInstanceOfSatisfying(
            KeyStore.TrustedCertificateEntry.class,
            entry -> assertThat(entry.getTrustedCertificate()).isEqualTo(anchor.certificate()));
    assertThat(Collections.list(store.aliases())).containsOnlyOnce(alias);

    PKIXParameters parameters = new PKIXParameters(store);
    parameters.setRevocationEnabled(false);
    X509Certificate leaf = anchor.issue("leaf", root.certificate().getPublicKey());
    assertThat(
            CertPathValidator.getInstance("PKIX")
                .validate(
                    CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)),
                    parameters))
        .isNotNull();
  }

  @Test
  void trustedCertificate_overAnotherOrAKey_isRefused() throws Exception {
    String alias = fixture.label();
    store.setCertificateEntry(alias, TestAuthority.root("first").certificate());
    assertThatThrownBy(() -> store.setCertificateEntry(alias, root.certificate()))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("not overwritten");
    assertThatThrownBy(() ->
            store.setKeyEntry(alias, sessionPair().getPrivate(), null, chain("x", sessionPair())))
        .isInstanceOf(KeyStoreException.class);
    String key = fixture.label();
    pair("EC", 256, HsmKeySpec.token(key));
    assertThatThrownBy(() -> store.setCertificateEntry(key, root.certificate()))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("is a key");
    assertThatThrownBy(() -> store.setCertificateEntry("strongroom-ca", root.certificate()))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("Strongroom's own");
    assertThatThrownBy(() -> store.setCertificateEntry(fixture.label(), null))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("X.509");
    assertThatThrownBy(() -> store.setCertificateEntry("", root.certificate()))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("label");
  }

  @Test
  @Difference("key-store-checks-chains")
  void chain_ofAnotherKeyOrInDisorder_isRefusedAndLeavesNothing() throws Exception {
    KeyPair pair = sessionPair();
    X509Certificate[] good = chain("server", pair);
    int before = fixture.hsm.certificates().size();
    String alias = fixture.label();
    assertThatThrownBy(
            () -> store.setKeyEntry(alias, pair.getPrivate(), null, chain("x", sessionPair())))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("another public key");
    assertThatThrownBy(() ->
            store.setKeyEntry(
                alias, pair.getPrivate(), null, new Certificate[] {good[0], good[2], good[1]}))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("did not sign");
    Certificate[] endless = new Certificate[17];
    Arrays.fill(endless, root.certificate());
    endless[0] = good[0];
    assertThatThrownBy(() -> store.setKeyEntry(alias, pair.getPrivate(), null, endless))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("1 to 16");
    assertThat(fixture.hsm.certificates()).hasSize(before);
    assertThat(store.containsAlias(alias)).isFalse();
    assertThat(fixture.provider.describe(pair.getPrivate()).session()).isTrue();
  }

  @Test
  void setKeyEntry_underATakenOrReservedAlias_isRefusedAndKeepsNothing() throws Exception {
    String taken = fixture.label();
    KeyPair first = pair("EC", 256, HsmKeySpec.token(taken));
    KeyPair second = sessionPair();
    int before = fixture.hsm.certificates().size();
    for (String alias : Set.of(taken, "strongroom-x", "", "a\nb")) {
      assertThatThrownBy(
              () -> store.setKeyEntry(alias, second.getPrivate(), null, chain("x", second)))
          .isInstanceOf(KeyStoreException.class);
    }
    assertThat(store.getKey(taken, null)).isEqualTo(first.getPrivate());
    assertThat(fixture.hsm.certificates()).hasSize(before);
    assertThat(fixture.provider.describe(second.getPrivate()).session()).isTrue();
  }

  @Test
  void privateKeyInSoftware_set_isRefused() throws Exception {
    KeyPair software = KeyPairGenerator.getInstance("EC", "SunEC").generateKeyPair();
    assertThatThrownBy(() ->
            store.setKeyEntry(
                fixture.label(), software.getPrivate(), null, chain("software", software)))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("-providername Strongroom");
  }

  @Test
  void keyThatCannotBeKept_leavesNoCertificates() throws Exception {
    KeyPair pair = sessionPair();
    TestAuthority own = TestAuthority.root(fixture.label());
    Certificate[] chain = {own.issue("gone", pair.getPublic()), own.certificate()};
    String alias = fixture.label();
    fixture.hsm.create(
        KeySpec.of(KeyId.random(fixture.random), alias, KeyType.AES_128).asSession());
    // A session key with that label is no entry, yet the label is taken.
    int before = fixture.hsm.certificates().size();
    assertThatThrownBy(() -> store.setKeyEntry(alias, pair.getPrivate(), null, chain))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining(alias)
        .hasCauseInstanceOf(HsmException.KeyExists.class);
    assertThat(fixture.hsm.certificates()).hasSize(before);
    assertThat(fixture.provider.describe(pair.getPrivate()).session()).isTrue();
  }

  @Test
  @Difference("key-store-shared-issuers-stay")
  void deleteEntry_ofAKey_deletesItsCertificateAndNotTheIssuers() throws Exception {
    TestAuthority own = TestAuthority.root(fixture.label());
    String alias = fixture.label();
    KeyPair pair = sessionPair();
    X509Certificate leaf = own.issue("leaf", pair.getPublic());
    store.setKeyEntry(alias, pair.getPrivate(), null, new Certificate[] {leaf, own.certificate()});
    store.deleteEntry(alias);
    assertThat(store.containsAlias(alias)).isFalse();
    assertThat(store.getCertificateAlias(leaf)).isNull();
    assertThat(fixture.hsm.certificates())
        .noneMatch(c -> c.certificate().equals(leaf))
        .anyMatch(c -> c.certificate().equals(own.certificate()));
  }

  @Test
  void deleteEntry_ofATrustedCertificate_deletesThatOnly() throws Exception {
    String alias = fixture.label();
    store.setCertificateEntry(alias, TestAuthority.root(alias).certificate());
    store.deleteEntry(alias);
    assertThat(store.containsAlias(alias)).isFalse();
    assertThatThrownBy(() -> store.deleteEntry(alias))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining(alias);
  }

  @Test
  void builder_givesTheSameEntries() throws Exception {
    String alias = fixture.label();
    KeyPair pair = sessionPair();
    store.setEntry(
        alias, new KeyStore.PrivateKeyEntry(pair.getPrivate(), chain("built", pair)), null);
    for (KeyStore.ProtectionParameter protection :
        List.of(
            new KeyStore.PasswordProtection("pin-source".toCharArray()),
            new KeyStore.PasswordProtection(null),
            new KeyStore.CallbackHandlerProtection(_ -> {
              throw new AssertionError("nobody is to be asked for a PIN");
            }))) {
      KeyStore built =
          KeyStore.Builder.newInstance("HSM", fixture.provider, protection).getKeyStore();
      assertThat(built.getEntry(alias, protection)).isInstanceOf(KeyStore.PrivateKeyEntry.class);
    }
  }

  @Test
  void setEntry_ofAnUnknownKind_isRefused() {
    KeyStore.Entry unknown = new KeyStore.Entry() {};
    assertThatThrownBy(() -> store.setEntry(fixture.label(), unknown, null))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("cannot be kept");
  }

  @Test
  void keyWithoutASignUsage_getsItsChainAllTheSame() throws Exception {
    String alias = fixture.label();
    KeyPair pair =
        pair("RSA", 2048, HsmKeySpec.token(alias).withUsages(KeyUsage.DECRYPT, KeyUsage.ENCRYPT));
    X509Certificate[] chain = chain("decrypts", pair);
    store.setKeyEntry(alias, pair.getPrivate(), null, chain);
    assertThat(store.getCertificateChain(alias)).containsExactly(chain);
    assertThat((PrivateKey) store.getKey(alias, null)).isEqualTo(pair.getPrivate());
  }
}
