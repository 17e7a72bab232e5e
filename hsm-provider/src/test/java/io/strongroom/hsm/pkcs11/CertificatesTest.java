package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.TestAuthority;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificatesTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SoftHsmToken token;
  private final Hsm hsm;
  private final TestAuthority root;

  CertificatesTest(SoftHsmToken token) throws Exception {
    this.token = token;
    this.hsm = Hsm.open(token.url());
    this.root = TestAuthority.root("Root");
  }

  @AfterEach
  void empty() {
    hsm.certificates().forEach(hsm::deleteCertificate);
    hsm.keys().forEach(key -> hsm.destroy(key.id()));
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  private static KeyId id() {
    return KeyId.random(RANDOM);
  }

  private KeyInfo pair(String label) {
    return hsm.create(KeySpec.of(id(), label, KeyType.EC_P256));
  }

  private static PublicKey publicKey(KeyInfo key) {
    return Objects.requireNonNull(key.publicKey());
  }

  private HsmCertificate certificateOf(KeyInfo key) throws Exception {
    return new HsmCertificate(key.id(), key.label(), root.issue(key.label(), publicKey(key)));
  }

  private HsmCertificate anchor(String label) {
    return new HsmCertificate(id(), label, root.certificate(), true);
  }

  @Test
  void certificate_stored_isFoundByIdLabelAndSubject() throws Exception {
    HsmCertificate stored = certificateOf(pair("server"));
    hsm.storeCertificate(stored);
    hsm.storeCertificate(anchor("other"));

    assertThat(hsm.certificates(new CertificateFilter.OfKey(stored.id()))).containsExactly(stored);
    assertThat(hsm.certificates(new CertificateFilter.Labelled("server"))).containsExactly(stored);
    assertThat(
            hsm.certificates(
                new CertificateFilter.Of(stored.certificate().getSubjectX500Principal())))
        .containsExactly(stored);
    assertThat(hsm.certificates()).hasSize(2).contains(stored);
    assertThat(hsm.certificates(new CertificateFilter.OfKey(id()))).isEmpty();
  }

  @Test
  void certificate_stored_isSeenByAnotherOpening() throws Exception {
    HsmCertificate stored = certificateOf(pair("lasting"));
    hsm.storeCertificate(stored);
    try (Hsm other = Hsm.open(token.url())) {
      assertThat(other.certificates()).containsExactly(stored);
    }
  }

  @Test
  void certificate_storedAgain_staysOne() throws Exception {
    HsmCertificate stored = certificateOf(pair("twice"));
    hsm.storeCertificate(stored);
    hsm.storeCertificate(stored);
    assertThat(hsm.certificates()).containsExactly(stored);
  }

  @Test
  void certificate_forAnIdThatHasAnother_isRefusedUntilReplaced() throws Exception {
    KeyInfo key = pair("renewed");
    HsmCertificate first = certificateOf(key);
    HsmCertificate second = certificateOf(key);
    hsm.storeCertificate(first);

    assertThatThrownBy(() -> hsm.storeCertificate(second))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining("CN=renewed")
        .hasMessageContaining("replace");
    assertThat(hsm.certificates()).containsExactly(first);

    hsm.replaceCertificate(second);
    assertThat(hsm.certificates()).containsExactly(second);
    hsm.replaceCertificate(second);
    assertThat(hsm.certificates()).containsExactly(second);
  }

  @Test
  void replace_thatCannotStore_leavesTheOldOne() throws Exception {
    HsmCertificate first = certificateOf(pair("kept"));
    hsm.storeCertificate(first);
    HsmCertificate unusable =
        new HsmCertificate(
            first.id(), "new\nline", root.issue("x", root.certificate().getPublicKey()));
    assertThatThrownBy(() -> hsm.replaceCertificate(unusable))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("label");
    assertThat(hsm.certificates()).containsExactly(first);
  }

  @Test
  void anchor_isKeptAsAPrivateObject_othersAsPublicOnes() throws Exception {
    HsmCertificate trusted = anchor("ca");
    HsmCertificate plain = certificateOf(pair("server"));
    hsm.storeCertificate(trusted);
    hsm.storeCertificate(plain);
    assertThat(hsm.certificates(new CertificateFilter.Labelled("ca"))).containsExactly(trusted);
    assertThat(hsm.certificates(new CertificateFilter.Labelled("server")).getFirst().trusted())
        .isFalse();
    try (PublicObjects withoutPin = new PublicObjects(token.withOwnLibrary().url())) {
      assertThat(withoutPin.certificateLabels()).contains("server").doesNotContain("ca");
    }
  }

  @Test
  void anchor_withTheLabelOfAKeyOrAnotherAnchor_isRefused() {
    pair("taken");
    hsm.storeCertificate(anchor("ca"));
    for (String label : new String[] {"taken", "ca"}) {
      assertThatThrownBy(() -> hsm.storeCertificate(anchor(label)))
          .isInstanceOf(HsmException.KeyExists.class)
          .hasMessageContaining(label);
    }
    assertThat(hsm.certificates()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\tb"})
  void label_thatIsNone_isRefused(String label) {
    assertThatThrownBy(() -> hsm.storeCertificate(anchor(label)))
        .isInstanceOf(HsmException.BadInput.class);
    assertThat(hsm.certificates()).isEmpty();
  }

  @Test
  void certificate_thatIsTooLong_isRefused() throws Exception {
    X509Certificate huge =
        root.issue("n".repeat(HsmCertificate.MAX_BYTES), publicKey(pair("huge")));
    assertThatThrownBy(() -> hsm.storeCertificate(new HsmCertificate(id(), "huge", huge)))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("at most 65536");
    assertThat(hsm.certificates()).isEmpty();
  }

  @Test
  void certificate_nearTheLimit_isKeptWhole() throws Exception {
    X509Certificate large = root.issue("n".repeat(30_000), publicKey(pair("large")));
    HsmCertificate stored = new HsmCertificate(id(), "large", large);
    hsm.storeCertificate(stored);
    assertThat(hsm.certificates(new CertificateFilter.Labelled("large"))).containsExactly(stored);
  }

  @Test
  void delete_removesExactlyThatOne() throws Exception {
    KeyInfo key = pair("pair");
    HsmCertificate own = certificateOf(key);
    HsmCertificate other = new HsmCertificate(id(), "other", own.certificate());
    hsm.storeCertificate(own);
    hsm.storeCertificate(other);
    hsm.deleteCertificate(own);
    assertThat(hsm.certificates()).containsExactly(other);
    assertThat(hsm.key(key.id())).isEqualTo(key);
    assertThatThrownBy(() -> hsm.deleteCertificate(own))
        .isInstanceOf(HsmException.KeyNotFound.class)
        .hasMessageContaining("CN=pair");
  }

  @Test
  void certificates_ofOtherTools_withoutIdOrLabelOrValue_areListedAsFarAsTheyAreReadable() {
    try (PublicObjects others = new PublicObjects(token.url())) {
      others.createCertificate(root.certificate(), new byte[0], "");
      others.createCertificate(root.certificate(), new byte[] {1}, "short");
      others.createBrokenCertificate(root.certificate());
    }
    assertThat(hsm.certificates())
        .extracting(HsmCertificate::label)
        .containsExactlyInAnyOrder("CN=Root", "short");
    assertThat(hsm.certificates()).extracting(HsmCertificate::id).doesNotHaveDuplicates();
    assertThat(hsm.certificates()).isEqualTo(hsm.certificates());
    assertThat(hsm.certificates()).noneMatch(HsmCertificate::trusted);
  }

  @Test
  void closedHsm_refusesEveryMethod() throws Exception {
    HsmCertificate any = anchor("any");
    Hsm closed = Hsm.open(token.url());
    closed.close();
    assertThatThrownBy(closed::certificates).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.storeCertificate(any))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.replaceCertificate(any))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.deleteCertificate(any))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.keep(id(), "x")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ed25519Certificate_isFoundByItsKey() throws Exception {
    PublicKey key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    HsmCertificate stored = new HsmCertificate(id(), "ed", root.issue("ed", key));
    hsm.storeCertificate(stored);
    assertThat(hsm.certificates(new CertificateFilter.OfKey(stored.id()))).containsExactly(stored);
  }
}
