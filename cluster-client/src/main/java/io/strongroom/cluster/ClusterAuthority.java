package io.strongroom.cluster;

import io.strongroom.cluster.identity.Pem;
import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.hsm.HsmException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A cluster's own certificate authority (EC P-256): who holds a certificate from it may talk to the
 * nodes, in the role that the certificate's SPIFFE id names. Files are created and never
 * overwritten; private keys can be read by their owner only from the moment they exist. Immutable.
 */
public final class ClusterAuthority {
  private static final Duration CA_VALIDITY = Duration.ofDays(3650);
  private static final Duration MEMBER_VALIDITY = Duration.ofDays(825);
  // Machines' clocks differ, by an hour where someone has mistaken the time zone or summer time: a
  // certificate is good before it was made. Nothing else in a cluster compares clocks.
  private static final Duration CLOCK_SKEW = Duration.ofHours(2);
  private static final String URI_PREFIX = "spiffe://";

  private final String cluster;
  private final X509Certificate certificate;
  private final PrivateKey key;
  private final Clock clock;
  private final SecureRandom random;

  private ClusterAuthority(
      String cluster, X509Certificate certificate, PrivateKey key, Clock clock) {
    this.cluster = cluster;
    this.certificate = certificate;
    this.key = key;
    this.clock = clock;
    this.random = new SecureRandom();
  }

  /**
   * Makes a new authority in {@code folder/ca.crt} and {@code folder/ca.key}.
   *
   * @param cluster the cluster's name: 1 to 63 lower-case letters, digits, dots, dashes and
   *     underscores
   * @throws HsmException.BadInput if the name is not allowed or the folder cannot be written
   * @throws HsmException.KeyExists if there is one in this folder already
   */
  public static ClusterAuthority create(Path folder, String cluster, Clock clock) {
    SpiffeId.checkName("cluster", cluster);
    KeyPair pair = newKeyPair();
    X500Principal name = new X500Principal("CN=Strongroom CA " + cluster);
    Instant now = clock.instant();
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            serial(new SecureRandom()),
            Date.from(now.minus(CLOCK_SKEW)),
            Date.from(now.plus(CA_VALIDITY)),
            name,
            pair.getPublic());
    try {
      var extensions = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(
              Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              extensions.createSubjectKeyIdentifier(pair.getPublic()))
          .addExtension(
              Extension.subjectAlternativeName, false, names(List.of(uri(URI_PREFIX + cluster))));
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException("the CA's certificate cannot be encoded", e);
    }
    X509Certificate certificate = sign(builder, pair.getPrivate());
    Pem.writePrivateKey(folder.resolve("ca.key"), pair.getPrivate());
    Pem.writeCertificate(folder.resolve("ca.crt"), certificate);
    return new ClusterAuthority(cluster, certificate, pair.getPrivate(), clock);
  }

  /**
   * Opens the authority that {@link #create} made in a folder.
   *
   * @throws HsmException.BadInput if a file is missing or is not an authority's
   */
  public static ClusterAuthority open(Path folder, Clock clock) {
    X509Certificate certificate = Pem.readCertificate(folder.resolve("ca.crt"));
    List<String> uris = SpiffeId.uris(certificate);
    if (uris.size() != 1 || !uris.getFirst().startsWith(URI_PREFIX)) {
      throw new HsmException.BadInput(
          folder.resolve("ca.crt") + " is no Strongroom CA: it names no cluster in a URI SAN");
    }
    String cluster = SpiffeId.checkName("cluster", uris.getFirst().substring(URI_PREFIX.length()));
    PrivateKey key = Pem.readPrivateKey(folder.resolve("ca.key"));
    return new ClusterAuthority(cluster, certificate, key, clock);
  }

  /** The cluster's name. */
  public String cluster() {
    return cluster;
  }

  /** The CA's certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * Makes a node's files: {@code folder/node.crt}, {@code folder/node.key} and a copy of {@code
   * ca.crt}. The certificate is good for serving and for asking peers, as {@code localhost} and
   * 127.0.0.1 too.
   *
   * @throws HsmException.BadInput if the name is not allowed or the folder cannot be written
   * @throws HsmException.KeyExists if one of the files exists
   */
  public void issueNode(String name, Path folder) {
    issue(new SpiffeId(cluster, Role.NODE, name), folder.resolve("node"));
    Pem.writeCertificate(folder.resolve("ca.crt"), certificate);
  }

  /**
   * Makes a crypto user's {@code folder/user-<name>.crt} and {@code .key}.
   *
   * @return the path without {@code .crt} and {@code .key}
   * @throws HsmException.BadInput if the name is not allowed or the folder cannot be written
   * @throws HsmException.KeyExists if one of the files exists
   */
  public Path issueUser(String name, Path folder) {
    return issue(new SpiffeId(cluster, Role.USER, name), folder.resolve("user-" + name));
  }

  /**
   * Makes a crypto officer's {@code folder/officer-<name>.crt} and {@code .key}.
   *
   * @return the path without {@code .crt} and {@code .key}
   * @throws HsmException.BadInput if the name is not allowed or the folder cannot be written
   * @throws HsmException.KeyExists if one of the files exists
   */
  public Path issueOfficer(String name, Path folder) {
    return issue(new SpiffeId(cluster, Role.OFFICER, name), folder.resolve("officer-" + name));
  }

  private Path issue(SpiffeId id, Path path) {
    KeyPair pair = newKeyPair();
    X509Certificate issued = certify(id, pair.getPublic());
    Pem.writePrivateKey(path.resolveSibling(path.getFileName() + ".key"), pair.getPrivate());
    Pem.writeCertificate(path.resolveSibling(path.getFileName() + ".crt"), issued);
    return path;
  }

  private X509Certificate certify(SpiffeId id, PublicKey publicKey) {
    Instant now = clock.instant();
    var builder =
        new JcaX509v3CertificateBuilder(
            certificate.getSubjectX500Principal(),
            serial(random),
            Date.from(now.minus(CLOCK_SKEW)),
            Date.from(now.plus(MEMBER_VALIDITY)),
            new X500Principal("CN=" + id.name() + ", OU=" + id.role().pathSegment()),
            publicKey);
    List<GeneralName> names = new ArrayList<>(List.of(uri(id.toString())));
    KeyPurposeId[] purposes = {KeyPurposeId.id_kp_clientAuth};
    if (id.role() == Role.NODE) {
      names.add(new GeneralName(GeneralName.dNSName, "localhost"));
      names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
      purposes = new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth};
    }
    try {
      var extensions = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              extensions.createAuthorityKeyIdentifier(certificate.getPublicKey()))
          .addExtension(Extension.subjectAlternativeName, false, names(names));
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException("the certificate for " + id + " cannot be encoded", e);
    }
    return sign(builder, key);
  }

  /**
   * Revokes certificates: writes {@code folder/ca.crl}, with those that it had already. Members
   * that are given the list as {@code tls.crl} refuse the holders from their next look at it on.
   *
   * @param folder where the list is, or is to be; it is replaced in one step
   * @param revoked the certificates' files, all of this authority; none only renews the list
   * @param validity how long the list is good: after it, members that were given it trust no one
   * @return the list's path
   * @throws HsmException.BadInput if a certificate or the list there is of another authority, or
   *     the folder cannot be written
   */
  public Path revoke(Path folder, List<Path> revoked, Duration validity) {
    return new RevocationFile(folder.resolve("ca.crl"), certificate, key)
        .add(revoked.stream().map(Pem::readCertificate).toList(), clock.instant(), validity);
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key) {
    try {
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot sign certificates with ECDSA", e);
    }
  }

  private static KeyPair newKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make EC keys", e);
    }
  }

  private static BigInteger serial(SecureRandom random) {
    // RFC 5280 §4.1.2.2: positive, at most 20 bytes.
    return new BigInteger(127, random).add(BigInteger.ONE);
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  private static GeneralNames names(List<GeneralName> names) {
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }
}
