package io.strongroom.cluster;

import io.strongroom.cluster.identity.Pem;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** An authority's list of revoked certificates, in a file (RFC 5280 §5). */
record RevocationFile(Path file, X509Certificate authority, PrivateKey key) {
  // Machines' clocks differ: a list is good a little before it was made.
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  /** Writes the list anew, with these in addition. */
  Path add(List<X509Certificate> revoked, Instant now, Duration validity) {
    X509CRL before = Files.exists(file) ? read() : null;
    var builder =
        new JcaX509v2CRLBuilder(
            authority.getSubjectX500Principal(), Date.from(now.minus(CLOCK_SKEW)));
    builder.setNextUpdate(Date.from(now.plus(validity)));
    Set<? extends X509CRLEntry> known = before == null ? null : before.getRevokedCertificates();
    if (known != null) {
      known.forEach(e -> add(builder, e.getSerialNumber(), e.getRevocationDate().toInstant()));
    }
    for (X509Certificate certificate : revoked) {
      requireOwn(certificate);
      if (before == null || before.getRevokedCertificate(certificate) == null) {
        add(builder, certificate.getSerialNumber(), now);
      }
    }
    Pem.replace(file, "X509 CRL", encoded(builder, number(before)));
    return file;
  }

  private static void add(JcaX509v2CRLBuilder builder, BigInteger serial, Instant at) {
    builder.addCRLEntry(serial, Date.from(at), CRLReason.unspecified);
  }

  private X509CRL read() {
    try (InputStream in = Files.newInputStream(file)) {
      X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
      list.verify(authority.getPublicKey());
      return list;
    } catch (IOException | GeneralSecurityException e) {
      throw new HsmException.BadInput(
          file + " is no list of this authority; give the folder of the one that it belongs to", e);
    }
  }

  private void requireOwn(X509Certificate certificate) {
    try {
      certificate.verify(authority.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new HsmException.BadInput(
          "the certificate of "
              + certificate.getSubjectX500Principal()
              + " is not from this authority; revoke it at its own",
          e);
    }
  }

  private static BigInteger number(@Nullable X509CRL before) {
    if (before == null) {
      return BigInteger.ONE;
    }
    try {
      Extension extension =
          new X509CRLHolder(before.getEncoded()).getExtension(Extension.cRLNumber);
      return extension == null
          ? BigInteger.TWO
          : CRLNumber.getInstance(extension.getParsedValue()).getCRLNumber().add(BigInteger.ONE);
    } catch (IOException | CRLException e) {
      throw new HsmException.BadInput("the list of revoked certificates is malformed", e);
    }
  }

  private byte[] encoded(JcaX509v2CRLBuilder builder, BigInteger number) {
    try {
      builder
          .addExtension(Extension.cRLNumber, false, new CRLNumber(number))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.getPublicKey()));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
      return builder.build(signer).getEncoded();
    } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot sign CRLs with ECDSA", e);
    } catch (IOException e) {
      throw new IllegalStateException("the CRL cannot be encoded", e);
    }
  }
}
