package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures made in the HSM, verified by Bouncy Castle and by the provider itself. */
@ExtendWith(SoftHsmExtension.class)
class SignatureTest {

  private static final Provider BC = new BouncyCastleProvider();
  private static ProviderFixture fixture;
  private static KeyPair rsa;
  private static KeyPair p256;
  private static KeyPair p384;
  private static KeyPair p521;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    rsa = pair("RSA", 2048);
    p256 = pair("EC", 256);
    p384 = pair("EC", 384);
    p521 = pair("EC", 521);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private static KeyPair pair(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, fixture.provider);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static byte[] sign(String algorithm, PrivateKey key, byte[] message) throws Exception {
    Signature signer = Signature.getInstance(algorithm, fixture.provider);
    signer.initSign(key);
    signer.update(message, 0, message.length / 2);
    signer.update(message, message.length / 2, message.length - message.length / 2);
    return signer.sign();
  }

  private static void assertVerifies(String algorithm, KeyPair pair, byte[] message, byte[] signed)
      throws Exception {
    for (Provider provider : new Provider[] {BC, fixture.provider}) {
      Signature verifier = Signature.getInstance(bcName(provider, algorithm), provider);
      verifier.initVerify(pair.getPublic());
      verifier.update(message);
      assertThat(verifier.verify(signed)).as("%s by %s", algorithm, provider).isTrue();
      verifier.update(message);
      verifier.update((byte) 1);
      assertThat(verifier.verify(signed)).as("%s by %s", algorithm, provider).isFalse();
    }
  }

  private static String bcName(Provider provider, String algorithm) {
    return provider == BC && algorithm.endsWith("inP1363Format")
        ? algorithm.replace("withECDSAinP1363Format", "withPLAIN-ECDSA")
        : algorithm;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NONEwithRSA",
        "SHA1withRSA",
        "SHA224withRSA",
        "SHA256withRSA",
        "SHA384withRSA",
        "SHA512withRSA"
      })
  void rsa_ofEachDigest_verifiesElsewhere(String algorithm) throws Exception {
    byte[] message = ProviderFixture.bytes(100);
    assertVerifies(algorithm, rsa, message, sign(algorithm, rsa.getPrivate(), message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHA1withECDSA",
        "SHA224withECDSA",
        "SHA256withECDSA",
        "SHA384withECDSA",
        "SHA512withECDSA",
        "SHA1withECDSAinP1363Format",
        "SHA224withECDSAinP1363Format",
        "SHA256withECDSAinP1363Format",
        "SHA384withECDSAinP1363Format",
        "SHA512withECDSAinP1363Format"
      })
  void ecdsa_ofEachDigestAndCurve_verifiesElsewhere(String algorithm) throws Exception {
    for (KeyPair pair : new KeyPair[] {p256, p384, p521}) {
      byte[] message = ProviderFixture.bytes(1000);
      assertVerifies(algorithm, pair, message, sign(algorithm, pair.getPrivate(), message));
    }
  }

  @Test
  void ecdsa_ofADigestMadeElsewhere_verifiesAsOfTheMessage() throws Exception {
    byte[] message = ProviderFixture.bytes(77);
    byte[] digest = java.security.MessageDigest.getInstance("SHA-512").digest(message);
    for (KeyPair pair : new KeyPair[] {p256, p384, p521}) {
      byte[] signed = sign("NONEwithECDSA", pair.getPrivate(), digest);
      assertVerifies("SHA512withECDSA", pair, message, signed);
      byte[] plain = sign("NONEwithECDSAinP1363Format", pair.getPrivate(), digest);
      assertVerifies("SHA512withECDSAinP1363Format", pair, message, plain);
    }
  }

  @Test
  @Difference("public-keys-are-the-jdks")
  void ecdsa_ofP521_verifiesWhateverTheLengthsOfItsParts() throws Exception {
    for (int i = 0; i < 60; i++) {
      byte[] message = ProviderFixture.bytes(20);
      byte[] signed = sign("SHA512withECDSA", p521.getPrivate(), message);
      Signature verifier = Signature.getInstance("SHA512withECDSA", fixture.provider);
      verifier.initVerify(p521.getPublic());
      verifier.update(message);
      assertThat(verifier.verify(signed)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SHA-1, 20",
    "SHA-224, 28",
    "SHA-256, 32",
    "SHA-384, 48",
    "SHA-512, 64",
    "SHA-256, 0"
  })
  void pss_ofEachDigest_verifiesElsewhere(String digest, int saltBytes) throws Exception {
    PSSParameterSpec parameters =
        new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), saltBytes, 1);
    byte[] message = ProviderFixture.bytes(99);
    Signature signer = Signature.getInstance("RSASSA-PSS", fixture.provider);
    signer.setParameter(parameters);
    signer.initSign(rsa.getPrivate());
    signer.update(message);
    byte[] signed = signer.sign();
    for (Provider provider : new Provider[] {BC, fixture.provider}) {
      Signature verifier = Signature.getInstance("RSASSA-PSS", provider);
      verifier.initVerify(rsa.getPublic());
      verifier.setParameter(parameters);
      verifier.update(message);
      assertThat(verifier.verify(signed)).as("%s", provider).isTrue();
    }
    PSSParameterSpec shown = signer.getParameters().getParameterSpec(PSSParameterSpec.class);
    assertThat(shown.getSaltLength()).isEqualTo(saltBytes);
  }

  @Test
  void pss_withoutParameters_isRefused() throws Exception {
    Signature signer = Signature.getInstance("RSASSA-PSS", fixture.provider);
    signer.initSign(rsa.getPrivate());
    assertThatThrownBy(() -> signer.update(new byte[1]))
        .isInstanceOf(SignatureException.class)
        .hasMessageContaining("setParameter");
  }

  @Test
  void pss_withWrongParameters_isRefused() throws Exception {
    Signature signer = Signature.getInstance("RSASSA-PSS", fixture.provider);
    signer.initSign(rsa.getPrivate());
    refuse(signer, new PSSParameterSpec("MD5", "MGF1", MGF1ParameterSpec.SHA256, 32, 1), "MD5");
    refuse(
        signer, new PSSParameterSpec("SHA-256", "MGF2", MGF1ParameterSpec.SHA256, 32, 1), "MGF2");
    refuse(
        signer, new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 2), "got 2");
    refuse(signer, MGF1ParameterSpec.SHA256, "PSSParameterSpec");
    PSSParameterSpec right =
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
    signer.setParameter(right);
    signer.update(new byte[1]);
    refuse(signer, right, "under way");
    assertThat(signer.sign()).hasSize(256);
  }

  private static void refuse(
      Signature signer, java.security.spec.AlgorithmParameterSpec parameters, String because) {
    assertThatThrownBy(() -> signer.setParameter(parameters))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining(because);
  }

  @Test
  void pss_withASaltThatDoesNotFit_isRefused() throws Exception {
    Signature signer = Signature.getInstance("RSASSA-PSS", fixture.provider);
    signer.initSign(rsa.getPrivate());
    signer.setParameter(new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 191, 1));
    signer.update(new byte[1]);
    assertThatThrownBy(signer::sign)
        .isInstanceOf(SignatureException.class)
        .hasMessageContaining("257");
  }

  @Test
  void signature_parametersWhereThereAreNone_areRefused() throws Exception {
    Signature signer = Signature.getInstance("SHA256withRSA", fixture.provider);
    signer.initSign(rsa.getPrivate());
    assertThatThrownBy(() -> signer.setParameter(MGF1ParameterSpec.SHA256))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
  }

  @Test
  void signer_afterSign_isReadyForTheNextMessage() throws Exception {
    Signature signer = Signature.getInstance("SHA256withRSA", fixture.provider);
    signer.initSign(rsa.getPrivate());
    signer.update(new byte[] {1});
    byte[] first = signer.sign();
    signer.update(new byte[] {2});
    assertThat(signer.sign()).isNotEqualTo(first);
    signer.update(new byte[] {1});
    assertThat(signer.sign()).isEqualTo(first);
  }

  @Test
  void raw_rsaInputBeyondTheModulus_isRefused() throws Exception {
    assertThat(sign("NONEwithRSA", rsa.getPrivate(), new byte[245])).hasSize(256);
    assertThatThrownBy(() -> sign("NONEwithRSA", rsa.getPrivate(), new byte[246]))
        .isInstanceOf(SignatureException.class)
        .hasMessageContaining("245")
        .hasMessageContaining("246");
  }

  @Test
  void raw_ecdsaInputBeyondADigest_isRefused() {
    assertThatThrownBy(() -> sign("NONEwithECDSA", p256.getPrivate(), new byte[65]))
        .isInstanceOf(SignatureException.class)
        .hasMessageContaining("64")
        .hasMessageContaining("65");
  }

  @Test
  void raw_rsaSignatureOfTheWrongLengthOrContent_doesNotVerify() throws Exception {
    Signature verifier = Signature.getInstance("NONEwithRSA", fixture.provider);
    verifier.initVerify(rsa.getPublic());
    verifier.update(new byte[3]);
    byte[] noSignature = new byte[256];
    Arrays.fill(noSignature, 1, 256, (byte) 1);
    assertThat(verifier.verify(noSignature)).isFalse();
    verifier.update(new byte[3]);
    assertThatThrownBy(() -> verifier.verify(new byte[300])).isInstanceOf(SignatureException.class);
  }

  @Test
  void key_ofAnotherFamilyOrPlace_isRefused() throws Exception {
    Signature signer = Signature.getInstance("SHA256withRSA", fixture.provider);
    assertThatThrownBy(() -> signer.initSign(p256.getPrivate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("EC")
        .hasMessageContaining("RSA");
    KeyPair software = KeyPairGenerator.getInstance("RSA", "SunRsaSign").generateKeyPair();
    assertThatThrownBy(() -> signer.initSign(software.getPrivate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("key store HSM");
    assertThatThrownBy(() -> signer.initVerify(p256.getPublic()))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> signer.initSign(null)).isInstanceOf(InvalidKeyException.class);
  }

  @Test
  @Difference("least-usages")
  void key_withoutTheUsage_isRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", fixture.provider);
    generator.initialize(
        HsmKeySpec.session(fixture.label())
            .withBits(2048)
            .withUsages(KeyUsage.ENCRYPT, KeyUsage.DECRYPT));
    KeyPair pair = generator.generateKeyPair();
    Signature signer = Signature.getInstance("SHA256withRSA", fixture.provider);
    assertThatThrownBy(() -> signer.initSign(pair.getPrivate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("SIGN")
        .hasMessageContaining("withUsages");
  }

  @Test
  void signature_withoutAProviderNamed_signsInTheHsmAndVerifiesInTheJdk() throws Exception {
    java.security.Security.addProvider(fixture.provider);
    try {
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(p256.getPrivate());
      assertThat(signer.getProvider()).isSameAs(fixture.provider);
      signer.update(new byte[9]);
      byte[] signed = signer.sign();
      Signature verifier = Signature.getInstance("SHA256withECDSA");
      verifier.initVerify(p256.getPublic());
      assertThat(verifier.getProvider().getName()).isEqualTo("SunEC");
      verifier.update(new byte[9]);
      assertThat(verifier.verify(signed)).isTrue();
    } finally {
      java.security.Security.removeProvider(HsmProvider.NAME);
    }
  }

  @Test
  @Difference("parameters-tried-at-init")
  void pss_withParametersTheDeviceLacks_isRefusedBeforeSigning() throws Exception {
    PSSParameterSpec mixed = new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA1, 32, 1);
    Signature first = Signature.getInstance("RSASSA-PSS", fixture.provider);
    first.setParameter(mixed);
    assertThatThrownBy(() -> first.initSign(rsa.getPrivate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("MGF1 with SHA-1")
        .hasMessageContaining("[SHA-1, SHA-224, SHA-256, SHA-384, SHA-512]");
    Signature second = Signature.getInstance("RSASSA-PSS", fixture.provider);
    second.initSign(rsa.getPrivate());
    assertThatThrownBy(() -> second.setParameter(mixed))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("MGF1 with SHA-1");
    second.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    assertThat(second.sign()).hasSize(256);
  }
}
