package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ed25519 and Ed448, made and used in the HSM, verified by SunEC, Bouncy Castle and ourselves. */
@ExtendWith(SoftHsmExtension.class)
class EdDsaTest {

  private static ProviderFixture fixture;
  private static KeyPair ed25519;
  private static KeyPair ed448;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    ed25519 = pairs("Ed25519").generateKeyPair();
    ed448 = pairs("Ed448").generateKeyPair();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private static KeyPairGenerator pairs(String name) throws Exception {
    return KeyPairGenerator.getInstance(name, fixture.provider);
  }

  private static Signature ours(String name) throws Exception {
    return Signature.getInstance(name, fixture.provider);
  }

  private static KeyPair pair(String name) {
    return name.contains("448") ? ed448 : ed25519;
  }

  @ParameterizedTest
  @CsvSource({
    "Ed25519, Ed25519", "EdDSA, Ed25519", "1.3.101.112, Ed25519",
    "Ed448, Ed448", "EdDSA, Ed448", "1.3.101.113, Ed448"
  })
  void signature_madeInTheHsm_verifiesElsewhere(String name, String curve) throws Exception {
    byte[] message = ProviderFixture.bytes(100);
    Signature signer = ours(name);
    signer.initSign(pair(curve).getPrivate());
    signer.update(message, 0, 33);
    signer.update(message, 33, 67);
    byte[] signed = signer.sign();
    for (Provider provider :
        List.of(Security.getProvider("SunEC"), new BouncyCastleProvider(), fixture.provider)) {
      Signature verifier = Signature.getInstance(curve, provider);
      verifier.initVerify(pair(curve).getPublic());
      verifier.update(message);
      assertThat(verifier.verify(signed)).as("%s", provider).isTrue();
      verifier.update(message);
      verifier.update((byte) 1);
      assertThat(verifier.verify(signed)).as("%s", provider).isFalse();
    }
    assertThat(signer.sign()).isNotEqualTo(signed);
  }

  /** Deterministic (RFC 8032 §5.1.6), so that one message has one signature. */
  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "Ed448"})
  void signature_repeated_isTheSame(String name) throws Exception {
    Signature signer = ours(name);
    signer.initSign(pair(name).getPrivate());
    signer.update(new byte[9]);
    byte[] first = signer.sign();
    signer.update(new byte[9]);
    assertThat(signer.sign()).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource({"Ed25519, 255", "Ed448, 448"})
  void pair_ofEachCurve_isOnThatCurve(String curve, int bits) throws Exception {
    KeyType type = new KeyType(KeyType.Family.EDWARDS, bits);
    assertThat(fixture.provider.describe(pair(curve).getPrivate()).type()).isEqualTo(type);
    assertThat(pair(curve).getPublic()).isInstanceOf(EdECPublicKey.class);
    assertThat(((EdECKey) pair(curve).getPrivate()).getParams().getName()).isEqualTo(curve);
    KeyPairGenerator any = pairs("EdDSA");
    any.initialize(new NamedParameterSpec(curve));
    assertThat(fixture.provider.describe(any.generateKeyPair().getPrivate()).type())
        .isEqualTo(type);
    any.initialize(bits);
    assertThat(fixture.provider.describe(any.generateKeyPair().getPrivate()).type())
        .isEqualTo(type);
    KeyPairGenerator named = pairs(curve);
    named.initialize(HsmKeySpec.session(fixture.label()));
    assertThat(fixture.provider.describe(named.generateKeyPair().getPrivate()).type())
        .isEqualTo(type);
  }

  @Test
  void generator_ofOneCurve_refusesOthers() throws Exception {
    KeyPairGenerator generator = pairs("Ed25519");
    assertThatThrownBy(() -> generator.initialize(448))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("255")
        .hasMessageContaining("448");
    assertThatThrownBy(() -> generator.initialize(NamedParameterSpec.ED448))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(() -> generator.initialize(NamedParameterSpec.X25519))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(() -> generator.initialize(HsmKeySpec.session("x").withBits(448)))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(() -> generator.initialize(new ECGenParameterSpec("secp256r1")))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(() -> pairs("EdDSA").initialize(256))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("Ed25519");
  }

  @Test
  void key_ofTheOtherCurve_isRefused() throws Exception {
    Signature signer = ours("Ed25519");
    assertThatThrownBy(() -> signer.initSign(ed448.getPrivate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("EDWARDS_255")
        .hasMessageContaining("EDWARDS_448");
    assertThatThrownBy(() -> signer.initVerify(ed448.getPublic()))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(signer::sign).isInstanceOf(SignatureException.class);
  }

  @Test
  @Difference("eddsa-signs-pure")
  void parametersThatTheDeviceLacks_areRefusedForSigningOnly() throws Exception {
    EdDSAParameterSpec context = new EdDSAParameterSpec(false, new byte[] {1});
    EdDSAParameterSpec prehash = new EdDSAParameterSpec(true);
    for (EdDSAParameterSpec parameters : List.of(context, prehash)) {
      Signature signer = ours("Ed25519");
      signer.initSign(ed25519.getPrivate());
      assertThatThrownBy(() -> signer.setParameter(parameters))
          .isInstanceOf(InvalidAlgorithmParameterException.class)
          .hasMessageContaining("pure EdDSA");
      assertThat(signer.sign()).hasSize(64);
      Signature other = ours("Ed25519");
      other.setParameter(parameters);
      assertThatThrownBy(() -> other.initSign(ed25519.getPrivate()))
          .isInstanceOf(InvalidKeyException.class)
          .hasMessageContaining("pure EdDSA");
      other.initVerify(ed25519.getPublic());
      assertThat(other.verify(signer.sign())).isFalse();
    }
    Signature plain = ours("Ed25519");
    plain.initSign(ed25519.getPrivate());
    plain.setParameter(new EdDSAParameterSpec(false));
    plain.update(new byte[2]);
    assertThatThrownBy(() -> plain.setParameter(new EdDSAParameterSpec(false)))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("under way");
    assertThat(plain.sign()).hasSize(64);
  }

  @Test
  void contextSignatureOfTheJdk_verifies() throws Exception {
    EdDSAParameterSpec context = new EdDSAParameterSpec(false, new byte[] {1});
    KeyPair software = KeyPairGenerator.getInstance("Ed25519", "SunEC").generateKeyPair();
    Signature jdk = Signature.getInstance("Ed25519", "SunEC");
    jdk.setParameter(context);
    jdk.initSign(software.getPrivate());
    jdk.update(new byte[4]);
    Signature verifier = ours("Ed25519");
    verifier.initVerify(software.getPublic());
    verifier.setParameter(context);
    verifier.update(new byte[4]);
    assertThat(verifier.verify(jdk.sign())).isTrue();
  }
}
