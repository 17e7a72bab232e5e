package io.strongroom.benchmarks;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.provider.HsmProvider;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.xipki.pkcs11.wrapper.AttributeVector;

/** The process that makes the benchmark token's keys, and the certificates SunPKCS11 needs. */
final class Provision {
  private Provision() {}

  public static void main(String[] arguments) throws Exception {
    BenchmarkToken token = BenchmarkToken.open(Path.of(arguments[0]), Path.of(arguments[1]));
    Map<KeyInfo, X509CertificateHolder> certificates = makeKeys(token);
    try (WrapperWorkload wrapper = new WrapperWorkload(token, false)) {
      for (var entry : certificates.entrySet()) {
        wrapper.token().createObject(certificateObject(entry.getKey(), entry.getValue()));
      }
    }
  }

  private static Map<KeyInfo, X509CertificateHolder> makeKeys(BenchmarkToken token)
      throws Exception {
    Map<KeyInfo, X509CertificateHolder> certificates = new LinkedHashMap<>();
    SecureRandom random = new SecureRandom();
    try (Hsm hsm = Hsm.open(token.url())) {
      HsmProvider provider = HsmProvider.over(hsm);
      for (Operation operation : Operation.values()) {
        if (hsm.keys().stream().noneMatch(key -> key.label().equals(operation.label()))) {
          KeyInfo key =
              hsm.create(KeySpec.of(KeyId.random(random), operation.label(), operation.keyType()));
          if (key.publicKey() != null) {
            certificates.put(key, certify(provider, key, key.publicKey()));
          }
        }
      }
    }
    return certificates;
  }

  private static X509CertificateHolder certify(
      HsmProvider provider, KeyInfo key, PublicKey publicKey) throws Exception {
    String algorithm = publicKey.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    ContentSigner signer =
        new JcaContentSignerBuilder(algorithm)
            .setProvider(provider)
            .build((PrivateKey) provider.key(key.id()));
    Instant now = Instant.now();
    X500Principal name = new X500Principal("CN=" + key.label());
    return new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(now),
            Date.from(now.plus(1, ChronoUnit.DAYS)),
            name,
            publicKey)
        .build(signer);
  }

  private static AttributeVector certificateObject(KeyInfo key, X509CertificateHolder certificate)
      throws Exception {
    return AttributeVector.newX509Certificate()
        .token(true)
        .private_(false)
        .label(key.label())
        .id(key.id().bytes())
        .subject(certificate.getSubject().getEncoded())
        .issuer(certificate.getIssuer().getEncoded())
        .value(certificate.getEncoded());
  }
}
