package io.strongroom.places;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.provider.HsmKeySpec;
import io.strongroom.provider.HsmProvider;
import io.strongroom.softhsm.SoftHsmToken;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority and its identities, every private key in one token. */
final class Pki implements AutoCloseable {

  private static final String CA_NAME = "CN=Test CA";

  final String url;
  final Hsm hsm;
  final HsmProvider provider;
  final KeyPair caKeys;
  final X509Certificate ca;
  private final SecureRandom random = new SecureRandom();

  Pki(SoftHsmToken token) throws Exception {
    this(token, Hsm.open(token.url()));
  }

  Pki(SoftHsmToken token, Hsm hsm) throws Exception {
    this.url = token.url();
    this.hsm = hsm;
    provider = HsmProvider.over(hsm);
    caKeys = pair("EC", 256, "ca");
    ca = certificate(CA_NAME, caKeys.getPublic(), true);
  }

  /** A private key in the token and its certificate, which the CA issued. */
  record Identity(PrivateKey key, PublicKey publicKey, X509Certificate... chain) {
    X509Certificate certificate() {
      return chain[0];
    }
  }

  Identity identity(String label, String family, int bits) throws Exception {
    KeyPair pair = pair(family, bits, label + "-" + KeyId.random(random));
    return new Identity(
        pair.getPrivate(),
        pair.getPublic(),
        certificate("CN=" + label, pair.getPublic(), false),
        ca);
  }

  KeyPair pair(String family, int bits, String label) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(family, provider);
    generator.initialize(HsmKeySpec.token(label).withBits(bits));
    return generator.generateKeyPair();
  }

  private X509Certificate certificate(String name, PublicKey key, boolean authority)
      throws Exception {
    Instant now = Instant.now();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    new X500Name(CA_NAME),
                    new BigInteger(64, random),
                    Date.from(now.minus(1, ChronoUnit.HOURS)),
                    Date.from(now.plus(1, ChronoUnit.HOURS)),
                    new X500Name(name),
                    key)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
                .addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")))
                .build(
                    new JcaContentSignerBuilder("SHA256withECDSA")
                        .setProvider(provider)
                        .build(caKeys.getPrivate())));
  }

  /** A certificate for this key, issued by the CA. */
  X509Certificate issue(String name, PublicKey key) throws Exception {
    return certificate(name, key, false);
  }

  /** A key store in software that trusts the CA. */
  KeyStore trusted() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", ca);
    return store;
  }

  TrustManagerFactory trust() throws Exception {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted());
    return factory;
  }

  /** The provider is in the JDK's list, at this place, until this is closed. */
  void register(Place place) {
    Security.insertProviderAt(
        provider, place == Place.FIRST ? 1 : Security.getProviders().length + 1);
  }

  /** Takes the provider out of the list. */
  void unregister() {
    Security.removeProvider(HsmProvider.NAME);
  }

  long sessionKeys() {
    return hsm.keys().stream().filter(key -> key.session()).count();
  }

  @Override
  public void close() {
    unregister();
    hsm.close();
  }
}
