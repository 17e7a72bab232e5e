package io.strongroom.provider.wycheproof;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm.RsaPkcs1;
import io.strongroom.hsm.SignatureAlgorithm.RsaPss;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RSA signatures: by the provider, which leaves them to the JDK, and in the token. */
class RsaSignatureWycheproofTest extends SignatureSuite {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rsa_signature_2048_sha256_test.json",
        "rsa_signature_3072_sha384_test.json",
        "rsa_signature_4096_sha512_test.json",
      })
  void rsaPkcs1_eachVector_endsAsItSays(String file) {
    run(file, "Signature", v -> verify(v, hash(v) + "withRSA", key(v), null));
    run(file, "Hsm.verify", v -> verifyInToken(v, new RsaPkcs1(), key(v), digestInfo(v)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rsa_pss_2048_sha256_mgf1_32_test.json",
        "rsa_pss_3072_sha256_mgf1_32_test.json",
        "rsa_pss_4096_sha512_mgf1_64_test.json",
        "rsa_pss_misc_test.json",
      })
  void rsaPss_eachVector_endsAsItSays(String file) {
    run(file, "Signature", v -> verify(v, "RSASSA-PSS", key(v), parameters(v)));
    run(file, "Hsm.verify", v -> verifyInToken(v, pss(v), key(v), digest(v)));
  }

  private static PublicKey key(Vector vector) throws GeneralSecurityException {
    RSAPublicKey key = RSAPublicKey.getInstance(vector.groupBytes("publicKeyAsn"));
    return KeyFactory.getInstance("RSA", "SunRsaSign")
        .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
  }

  private static byte[] digestInfo(Vector vector) throws Exception {
    ASN1ObjectIdentifier hash =
        new DefaultDigestAlgorithmIdentifierFinder().find(vector.groupText("sha")).getAlgorithm();
    AlgorithmIdentifier withNull = new AlgorithmIdentifier(hash, DERNull.INSTANCE);
    return new DigestInfo(withNull, digest(vector)).getEncoded("DER");
  }

  private static PSSParameterSpec parameters(Vector vector) {
    return new PSSParameterSpec(
        vector.groupText("sha"),
        vector.groupText("mgf"),
        new MGF1ParameterSpec(vector.groupText("mgfSha")),
        vector.groupNumber("sLen"),
        PSSParameterSpec.TRAILER_FIELD_BC);
  }

  private static SignatureAlgorithm pss(Vector vector) {
    return new RsaPss(
        named(vector.groupText("sha")),
        named(vector.groupText("mgfSha")),
        vector.groupNumber("sLen"));
  }

  private static Digest named(String name) {
    return Digest.valueOf(name.replace('-', '_'));
  }

  static byte[] digest(Vector vector) throws GeneralSecurityException {
    return MessageDigest.getInstance(vector.groupText("sha"), "SUN").digest(vector.bytes("msg"));
  }
}
