package io.strongroom.cluster;

import io.strongroom.cluster.identity.Pem;
import io.strongroom.cluster.identity.TlsFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates of all kinds, right and wrong ones, from the authority in a folder. */
public final class Certificates {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path authority;

  /**
   * @param authority the folder of {@code ca.crt} and {@code ca.key}
   */
  public Certificates(Path authority) {
    this.authority = authority;
  }

  /** What is to be in a certificate. */
  public record Shape(
      List<String> uris,
      Instant from,
      Instant until,
      List<KeyPurposeId> purposes,
      boolean selfSigned) {
    static Shape of(String... uris) {
      Instant now = Instant.now();
      return new Shape(
          List.of(uris),
          now.minusSeconds(60),
          now.plusSeconds(3600),
          List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth),
          false);
    }

    /** From now on. */
    public Shape lasting(Duration validity) {
      return between(from, Instant.now().plus(validity));
    }

    public Shape between(Instant from, Instant until) {
      return new Shape(uris, from, until, purposes, selfSigned);
    }

    public Shape only(KeyPurposeId purpose) {
      return new Shape(uris, from, until, List.of(purpose), selfSigned);
    }

    public Shape bySelf() {
      return new Shape(uris, from, until, purposes, true);
    }
  }

  /** A good one, for these URIs. */
  public static Shape shape(String... uris) {
    return Shape.of(uris);
  }

  /** Makes the files in a folder of their own. */
  public TlsFiles issue(Shape shape) {
    try {
      Path folder = Files.createTempDirectory(authority, "issued");
      return issue(shape, folder.resolve("x.crt"), folder.resolve("x.key"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TlsFiles issue(Shape shape, Path certificateFile, Path keyFile) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair pair = generator.generateKeyPair();
      Pem.writeCertificate(certificateFile, certificate(shape, pair));
      Pem.writePrivateKey(keyFile, pair.getPrivate());
      return new TlsFiles(authority.resolve("ca.crt"), certificateFile, keyFile);
    } catch (Exception e) {
      throw new IllegalStateException("cannot issue a certificate", e);
    }
  }

  private X509Certificate certificate(Shape shape, KeyPair pair) throws Exception {
    X500Principal subject = new X500Principal("CN=test");
    X509Certificate ca = Pem.readCertificate(authority.resolve("ca.crt"));
    PrivateKey signer =
        shape.selfSigned ? pair.getPrivate() : Pem.readPrivateKey(authority.resolve("ca.key"));
    var builder =
        new JcaX509v3CertificateBuilder(
            shape.selfSigned ? subject : ca.getSubjectX500Principal(),
            new BigInteger(100, RANDOM),
            Date.from(shape.from),
            Date.from(shape.until),
            subject,
            pair.getPublic());
    if (!shape.uris.isEmpty()) {
      GeneralName[] names =
          shape.uris.stream()
              .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
              .toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(shape.purposes.toArray(KeyPurposeId[]::new)));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
  }

  /** Puts other files in the place of these, the certificate last. */
  public static void replace(TlsFiles place, TlsFiles with) throws IOException {
    for (Path[] move :
        Stream.of(
                new Path[] {with.key(), place.key()},
                new Path[] {with.certificate(), place.certificate()})
            .toList()) {
      Path fresh = move[1].resolveSibling("fresh");
      Files.copy(move[0], fresh);
      Files.move(
          fresh,
          move[1],
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
