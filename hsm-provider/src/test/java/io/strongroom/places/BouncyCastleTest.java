package io.strongroom.places;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyUsage;
import io.strongroom.places.Pki.Identity;
import io.strongroom.provider.HsmKeySpec;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bouncy Castle, which knows nothing of us, works with keys in the token; openssl checks it. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BouncyCastleTest {

  private static final byte[] TEXT = "to be signed or sealed\n".getBytes(UTF_8);

  private Pki pki;

  @BeforeAll
  void open(SoftHsmToken token) throws Exception {
    pki = new Pki(token);
    pki.register(Place.LAST);
  }

  @AfterAll
  void close() {
    pki.close();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 2048, SHA256withRSA",
    "RSA, 2048, SHA512withRSA",
    "RSA, 2048, SHA256withRSAandMGF1",
    "RSA, 2048, SHA384withRSAandMGF1",
    "EC, 256, SHA256withECDSA",
    "EC, 384, SHA384withECDSA",
    "EC, 521, SHA512withECDSA",
    "Ed25519, 255, Ed25519"
  })
  void requestAndSelfSigned_byAKeyInTheToken_verifyInSoftwareAndWithOpenSsl(
      String family, int bits, String algorithm, @TempDir Path dir) throws Exception {
    KeyPair pair = pki.pair(family, bits, algorithm + "-" + bits);
    PKCS10CertificationRequest request = BouncyCastleExample.request(pki.provider, pair, algorithm);
    assertThat(
            request.isSignatureValid(
                new JcaContentVerifierProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(pair.getPublic())))
        .isTrue();
    X509Certificate certificate = selfSigned(pair, algorithm);
    certificate.verify(pair.getPublic());
    OpenSsl openssl = new OpenSsl(dir);
    openssl.write("request.der", request.getEncoded());
    assertThat(
            openssl.run("req", "-in", "request.der", "-inform", "DER", "-verify", "-noout").text())
        .containsIgnoringCase("verify OK");
    openssl.writePem("self.pem", certificate);
    assertThat(openssl.run("verify", "-CAfile", "self.pem", "self.pem").exitCode()).isZero();
  }

  private X509Certificate selfSigned(KeyPair pair, String algorithm) throws Exception {
    X500Name name = new X500Name("CN=self");
    Instant now = Instant.now();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.ONE,
                    Date.from(now.minus(1, ChronoUnit.HOURS)),
                    Date.from(now.plus(1, ChronoUnit.HOURS)),
                    name,
                    pair.getPublic())
                .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate())));
  }

  @Test
  void certificate_issuedByACaInTheToken_isAValidPath() throws Exception {
    Identity identity = pki.identity("leaf", "EC", 256);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(pki.ca, null)));
    parameters.setRevocationEnabled(false);
    assertThat(
            CertPathValidator.getInstance("PKIX")
                .validate(
                    CertificateFactory.getInstance("X.509")
                        .generateCertPath(List.of(identity.certificate())),
                    parameters))
        .isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 2048, SHA256withRSA",
    "RSA, 2048, SHA256withRSAandMGF1",
    "EC, 256, SHA256withECDSA",
    "EC, 384, SHA384withECDSA"
  })
  void signedData_byAKeyInTheToken_verifiesWithOpenSsl(
      String family, int bits, String algorithm, @TempDir Path dir) throws Exception {
    Identity identity = pki.identity("signer", family, bits);
    CMSSignedData signed =
        BouncyCastleExample.sign(algorithm, identity.key(), identity.certificate(), TEXT);
    OpenSsl openssl = new OpenSsl(dir);
    openssl.writePem("ca.pem", pki.ca);
    openssl.write("good.der", signed.getEncoded());
    byte[] changed = signed.getEncoded();
    int at = indexOf(changed, TEXT);
    changed[at] ^= 1;
    openssl.write("changed.der", changed);
    assertThat(verify(openssl, "good.der").exitCode()).isZero();
    assertThat(openssl.read("text.out")).isEqualTo(TEXT);
    assertThat(verify(openssl, "changed.der").exitCode()).isNotZero();
  }

  private static OpenSsl.Answer verify(OpenSsl openssl, String file) throws Exception {
    return openssl.run(
        "cms",
        "-verify",
        "-binary",
        "-in",
        file,
        "-inform",
        "DER",
        "-CAfile",
        "ca.pem",
        "-purpose",
        "any",
        "-out",
        "text.out");
  }

  private static int indexOf(byte[] whole, byte[] part) {
    return new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1)
        .indexOf(new String(part, java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pkcs1", "oaep"})
  void envelopedData_byOpenSsl_isOpenedWithAKeyInTheToken(String padding, @TempDir Path dir)
      throws Exception {
    Recipient recipient = recipient();
    OpenSsl openssl = new OpenSsl(dir);
    openssl.writePem("recipient.pem", recipient.certificate());
    openssl.write("text.in", TEXT);
    assertThat(
            openssl
                .run(
                    "cms",
                    "-encrypt",
                    "-binary",
                    "-in",
                    "text.in",
                    "-aes-256-cbc",
                    "-outform",
                    "DER",
                    "-out",
                    "sealed.der",
                    "-recip",
                    "recipient.pem",
                    "-keyopt",
                    "rsa_padding_mode:" + padding)
                .text())
        .isEmpty();
    byte[] sealed = openssl.read("sealed.der");
    long sessionKeys = pki.sessionKeys();
    assertThat(BouncyCastleExample.open(pki.provider, recipient.pair().getPrivate(), sealed))
        .isEqualTo(TEXT);
    assertThat(pki.sessionKeys()).isEqualTo(sessionKeys);
  }

  private record Recipient(KeyPair pair, X509Certificate certificate) {}

  private Recipient recipient() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", pki.provider);
    generator.initialize(
        HsmKeySpec.token("recipient-" + System.nanoTime())
            .withBits(2048)
            .withUsages(KeyUsage.DECRYPT, KeyUsage.ENCRYPT));
    KeyPair pair = generator.generateKeyPair();
    return new Recipient(pair, pki.issue("CN=recipient", pair.getPublic()));
  }

  @Test
  void signer_ofAnotherKindThanTheKey_isRefused() throws Exception {
    KeyPair ec = pki.pair("EC", 256, "wrong-kind");
    assertThatThrownBy(() -> signer("SHA256withRSA").build(ec.getPrivate()))
        .isInstanceOf(OperatorCreationException.class)
        .hasStackTraceContaining("is of family EC, SHA256withRSA wants RSA");
  }

  @Test
  void signer_withAKeyInSoftware_isRefused() throws Exception {
    KeyPair software = KeyPairGenerator.getInstance("EC").generateKeyPair();
    assertThatThrownBy(() -> signer("SHA256withECDSA").build(software.getPrivate()))
        .isInstanceOf(OperatorCreationException.class)
        .hasStackTraceContaining("wanted one that is in the HSM");
  }

  private JcaContentSignerBuilder signer(String algorithm) {
    return new JcaContentSignerBuilder(algorithm).setProvider(pki.provider);
  }
}
