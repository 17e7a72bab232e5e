package io.strongroom.hsm;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority in software, made with Bouncy Castle: the independent side of tests. */
public final class TestAuthority {
  private static final Duration VALIDITY = Duration.ofDays(30);

  private final KeyPair pair;
  private final X509Certificate certificate;

  private TestAuthority(KeyPair pair, X509Certificate certificate) {
    this.pair = pair;
    this.certificate = certificate;
  }

  /** A root, which signs itself. */
  public static TestAuthority root(String name) throws Exception {
    KeyPair pair = pair();
    X500Principal subject = new X500Principal("CN=" + name);
    return new TestAuthority(pair, sign(subject, pair, subject, pair.getPublic(), true));
  }

  /** An authority that this one signs. */
  public TestAuthority subordinate(String name) throws Exception {
    KeyPair below = pair();
    X500Principal subject = new X500Principal("CN=" + name);
    return new TestAuthority(
        below, sign(certificate.getSubjectX500Principal(), pair, subject, below.getPublic(), true));
  }

  /** A certificate for someone's public key. */
  public X509Certificate issue(String name, PublicKey key) throws Exception {
    X500Principal issuer = certificate.getSubjectX500Principal();
    return sign(issuer, pair, new X500Principal("CN=" + name), key, false);
  }

  /** A certificate that a key pair in an HSM signs for itself. */
  public static X509Certificate selfSigned(String name, KeyPair pair, Provider hsm)
      throws Exception {
    X500Principal subject = new X500Principal("CN=" + name);
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder(subject, subject, pair.getPublic())
                .build(
                    new JcaContentSignerBuilder("SHA256withECDSA")
                        .setProvider(hsm)
                        .build(pair.getPrivate())));
  }

  /** The authority's own certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(
      X500Principal issuer, KeyPair by, X500Principal subject, PublicKey key, boolean authority)
      throws Exception {
    JcaX509v3CertificateBuilder builder = builder(issuer, subject, key);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, PublicKey key) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(120, new SecureRandom()),
        Date.from(now.minus(Duration.ofHours(1))),
        Date.from(now.plus(VALIDITY)),
        subject,
        key);
  }
}
