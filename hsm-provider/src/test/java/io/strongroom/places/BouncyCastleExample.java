package io.strongroom.places;

import io.strongroom.provider.HsmProvider;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Bouncy Castle's certificate requests and CMS with private keys in the HSM. */
final class BouncyCastleExample {

  private BouncyCastleExample() {}

  static PKCS10CertificationRequest request(HsmProvider hsm, KeyPair pair, String algorithm)
      throws Exception {
    // tag::bouncycastle-request[]
    Security.addProvider(hsm); // and no setProvider: digests are other providers' work
    ContentSigner signer =
        new JcaContentSignerBuilder(algorithm) // SHA256withRSAandMGF1, SHA384withECDSA, …
            .build(pair.getPrivate());
    PKCS10CertificationRequest request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=payments"), pair.getPublic())
            .build(signer);
    // end::bouncycastle-request[]
    return request;
  }

  static CMSSignedData sign(
      String algorithm, PrivateKey key, X509Certificate certificate, byte[] text) throws Exception {
    // tag::bouncycastle-cms-sign[]
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSimpleSignerInfoGeneratorBuilder().build(algorithm, key, certificate));
    generator.addCertificates(new JcaCertStore(List.of(certificate)));
    CMSSignedData signed = generator.generate(new CMSProcessableByteArray(text), true);
    // end::bouncycastle-cms-sign[]
    return signed;
  }

  static byte[] open(HsmProvider hsm, PrivateKey key, byte[] enveloped) throws Exception {
    // tag::bouncycastle-cms-open[]
    RecipientInformation recipient =
        new CMSEnvelopedData(enveloped).getRecipientInfos().iterator().next();
    byte[] text =
        recipient.getContent(
            new JceKeyTransEnvelopedRecipient(key)
                .setProvider(hsm) // opens the content key with the private key
                .setMustProduceEncodableUnwrappedKey(true) // which one message is worth
                .setContentProvider("SunJCE"));
    // end::bouncycastle-cms-open[]
    return text;
  }
}
