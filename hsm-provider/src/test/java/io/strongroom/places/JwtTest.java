package io.strongroom.places;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.provider.HsmKeySpec;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nimbus JOSE+JWT with keys in the token. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JwtTest {

  private Pki pki;
  private KeyPair rsa;

  @BeforeAll
  void open(SoftHsmToken token) throws Exception {
    pki = new Pki(token);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", pki.provider);
    generator.initialize(
        HsmKeySpec.token("jwt-rsa")
            .withBits(2048)
            .withUsages(KeyUsage.SIGN, KeyUsage.VERIFY, KeyUsage.UNWRAP));
    rsa = generator.generateKeyPair();
  }

  @AfterAll
  void close() {
    pki.close();
  }

  @Test
  void es256_signedInTheToken_verifiesInSoftware() throws Exception {
    KeyPair pair = pki.pair("EC", 256, "es256");
    String text =
        JwtExample.sign(
            pki.provider, pair.getPrivate(), new JWTClaimsSet.Builder().subject("me").build());
    SignedJWT read = SignedJWT.parse(text);
    assertThat(read.verify(new ECDSAVerifier((ECPublicKey) pair.getPublic()))).isTrue();
    assertThat(read.getJWTClaimsSet().getSubject()).isEqualTo("me");
  }

  @Test
  void es384_signedInTheToken_verifiesInSoftware() throws Exception {
    KeyPair pair = pki.pair("EC", 384, "es384");
    assertVerifies(
        JWSAlgorithm.ES384,
        new ECDSASigner(pair.getPrivate(), Curve.P_384),
        new ECDSAVerifier((ECPublicKey) pair.getPublic()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS512", "PS256", "PS384"})
  void rsa_signedInTheToken_verifiesInSoftware(String algorithm) throws Exception {
    assertVerifies(
        JWSAlgorithm.parse(algorithm),
        new RSASSASigner(rsa.getPrivate()),
        new RSASSAVerifier((RSAPublicKey) rsa.getPublic()));
  }

  @Test
  void hs256_withASecretInTheToken_signsAndVerifiesThere() throws Exception {
    SecretKey key = KeyGenerator.getInstance("HmacSHA256", pki.provider).generateKey();
    MACVerifier verifier = new MACVerifier(key);
    verifier.getJCAContext().setProvider(pki.provider);
    assertVerifies(JWSAlgorithm.HS256, new MACSigner(key), verifier);
  }

  private void assertVerifies(JWSAlgorithm algorithm, JWSSigner signer, JWSVerifier verifier)
      throws Exception {
    signer.getJCAContext().setProvider(pki.provider);
    JWSObject object = new JWSObject(new JWSHeader(algorithm), new Payload("text"));
    object.sign(signer);
    String text = object.serialize();
    assertThat(JWSObject.parse(text).verify(verifier)).isTrue();
    int middle = text.indexOf('.') + 1;
    String changed =
        text.substring(0, middle)
            + (text.charAt(middle) == 'A' ? 'B' : 'A')
            + text.substring(middle + 1);
    assertThat(JWSObject.parse(changed).verify(verifier)).isFalse();
  }

  @Test
  @SuppressWarnings("deprecation") // RSA-OAEP with SHA-1 is what SoftHSM2 has
  void jwe_encryptedToAnRsaKey_isOpenedInTheToken() throws Exception {
    JWEObject object =
        new JWEObject(
            new JWEHeader(JWEAlgorithm.RSA_OAEP, EncryptionMethod.A256GCM), new Payload("text"));
    object.encrypt(new RSAEncrypter((RSAPublicKey) rsa.getPublic()));
    RSADecrypter decrypter = new RSADecrypter(rsa.getPrivate());
    decrypter.getJCAContext().setProvider(pki.provider);
    JWEObject read = JWEObject.parse(object.serialize());
    read.decrypt(decrypter);
    assertThat(read.getPayload()).hasToString("text");
  }

  @Test
  void jwe_underASecretInTheToken_isSealedAndOpenedThere() throws Exception {
    SecretKey key = KeyGenerator.getInstance("AES", pki.provider).generateKey();
    DirectEncrypter encrypter = new DirectEncrypter(key);
    encrypter.getJCAContext().setProvider(pki.provider);
    JWEObject object =
        new JWEObject(
            new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM), new Payload("text"));
    object.encrypt(encrypter);
    DirectDecrypter decrypter = new DirectDecrypter(key);
    decrypter.getJCAContext().setProvider(pki.provider);
    JWEObject read = JWEObject.parse(object.serialize());
    read.decrypt(decrypter);
    assertThat(read.getPayload()).hasToString("text");
  }

  @Test
  void signer_ofAnotherKindThanTheKey_isRefused() throws Exception {
    KeyPair ec = pki.pair("EC", 256, "wrong-kind");
    assertThatThrownBy(() -> new RSASSASigner(ec.getPrivate()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be RSA");
    SecretKey aes = KeyGenerator.getInstance("AES", pki.provider).generateKey();
    MACSigner signer = new MACSigner(aes);
    signer.getJCAContext().setProvider(pki.provider);
    JWSObject object = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload("text"));
    assertThatThrownBy(() -> object.sign(signer))
        .isInstanceOf(JOSEException.class)
        .hasStackTraceContaining("is of family AES");
  }

  @Test
  void signer_afterItsKeyWasDestroyed_failsAndAnotherWorks() throws Exception {
    KeyPair pair = pki.pair("EC", 256, "doomed");
    JWTClaimsSet claims = new JWTClaimsSet.Builder().subject("me").build();
    pki.hsm.destroy(pki.provider.describe(pair.getPrivate()).id());
    assertThatThrownBy(() -> JwtExample.sign(pki.provider, pair.getPrivate(), claims))
        .isInstanceOf(JOSEException.class)
        .hasCauseInstanceOf(SignatureException.class);
    KeyPair good = pki.pair("EC", 256, "good");
    assertThat(JwtExample.sign(pki.provider, good.getPrivate(), claims)).isNotEmpty();
  }
}
