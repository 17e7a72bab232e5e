package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Security;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Public keys by value, keys in the HSM by their attributes, and nothing by its secret value. */
@ExtendWith(SoftHsmExtension.class)
class KeyFactoryTest {

  private static ProviderFixture fixture;

  @BeforeAll
  static void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
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

  private static KeyFactory factory(String algorithm) throws Exception {
    return KeyFactory.getInstance(algorithm, fixture.provider);
  }

  private static Class<? extends KeySpec> publicSpec(String algorithm) {
    return switch (algorithm) {
      case "RSA" -> RSAPublicKeySpec.class;
      case "EC" -> ECPublicKeySpec.class;
      default -> EdECPublicKeySpec.class;
    };
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256", "EdDSA, 255", "Ed25519, 255", "Ed448, 448"})
  void publicKey_byItsSpecs_comesBack(String algorithm, int bits) throws Exception {
    PublicKey key = pair(algorithm, bits).getPublic();
    KeyFactory factory = factory(algorithm);
    KeySpec spec = factory.getKeySpec(key, publicSpec(algorithm));
    assertThat(factory.generatePublic(spec)).isEqualTo(key);
    assertThat(factory.generatePublic(new X509EncodedKeySpec(key.getEncoded()))).isEqualTo(key);
    assertThat(factory.getKeySpec(key, X509EncodedKeySpec.class).getEncoded())
        .isEqualTo(key.getEncoded());
    assertThat(factory.translateKey(key)).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 384", "EdDSA, 255"})
  @Difference("key-factories-show-attributes")
  void privateKey_showsItsAttributesAndNothingElse(String algorithm, int bits) throws Exception {
    KeyPair pair = pair(algorithm, bits);
    KeyFactory factory = factory(algorithm);
    HsmKeySpec spec = factory.getKeySpec(pair.getPrivate(), HsmKeySpec.class);
    KeyInfo info = fixture.provider.describe(pair.getPrivate());
    assertThat(spec)
        .isEqualTo(
            new HsmKeySpec(
                info.label(),
                info.id(),
                bits,
                info.usages(),
                info.protection(),
                true,
                pair.getPublic(),
                null));
    for (Class<? extends KeySpec> secret :
        java.util.List.of(
            RSAPrivateKeySpec.class, ECPrivateKeySpec.class, PKCS8EncodedKeySpec.class)) {
      assertThatThrownBy(() -> factory.getKeySpec(pair.getPrivate(), secret))
          .isInstanceOf(InvalidKeySpecException.class)
          .hasMessageContaining("stays in the HSM")
          .hasMessageContaining("HsmKeySpec");
    }
    assertThat(factory.translateKey(pair.getPrivate())).isSameAs(pair.getPrivate());
  }

  @Test
  @Difference("software-keys-refused")
  void privateKeyInSoftware_isNeitherMadeNorTranslated() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(2048);
    KeyPair software = generator.generateKeyPair();
    KeyFactory factory = factory("RSA");
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(software.getPrivate().getEncoded());
    assertThatThrownBy(() -> factory.generatePrivate(spec))
        .isInstanceOf(InvalidKeySpecException.class)
        .hasMessageContaining("Cipher.unwrap");
    assertThatThrownBy(() -> factory.translateKey(software.getPrivate()))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> factory.getKeySpec(software.getPrivate(), RSAPrivateKeySpec.class))
        .isInstanceOf(InvalidKeySpecException.class);
  }

  /** As the first provider, it must not keep applications from keys in software. */
  @Test
  @Difference("software-keys-fall-through")
  void privateKeyInSoftware_withoutANamedProvider_isMadeByTheJdk() throws Exception {
    KeyPair software = KeyPairGenerator.getInstance("EC", "SunEC").generateKeyPair();
    Security.insertProviderAt(fixture.provider, 1);
    try {
      KeyFactory factory = KeyFactory.getInstance("EC");
      assertThat(
              factory.generatePrivate(new PKCS8EncodedKeySpec(software.getPrivate().getEncoded())))
          .isEqualTo(software.getPrivate());
      assertThat(factory.generatePublic(new X509EncodedKeySpec(software.getPublic().getEncoded())))
          .isEqualTo(software.getPublic());
    } finally {
      Security.removeProvider(fixture.provider.getName());
    }
  }

  @Test
  @Difference("key-factories-show-attributes")
  void secretKey_showsItsAttributes() throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES", fixture.provider);
    String label = fixture.label();
    generator.init(HsmKeySpec.session(label).withBits(192));
    SecretKey key = generator.generateKey();
    SecretKeyFactory factory = SecretKeyFactory.getInstance("AES", fixture.provider);
    assertThat(factory.getKeySpec(key, HsmKeySpec.class))
        .isInstanceOfSatisfying(
            HsmKeySpec.class,
            spec -> {
              assertThat(spec.label()).isEqualTo(label);
              assertThat(spec.bits()).isEqualTo(192);
            });
    assertThatThrownBy(() -> factory.getKeySpec(key, SecretKeySpec.class))
        .isInstanceOf(InvalidKeySpecException.class)
        .hasMessageContaining("stays in the HSM");
    assertThat(factory.translateKey(key)).isSameAs(key);
    SecretKeyFactory generic = SecretKeyFactory.getInstance("Generic", fixture.provider);
    assertThatThrownBy(() -> generic.translateKey(key))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("SECRET");
  }

  @Test
  @Difference("no-import-in-clear")
  void secretKey_inClear_isNotImported() throws Exception {
    SecretKeyFactory factory = SecretKeyFactory.getInstance("AES", fixture.provider);
    SecretKeySpec clear = new SecretKeySpec(new byte[] {0x53, 0x45, 0x43, 0x52}, "AES");
    int before = fixture.hsm.keys().size();
    assertThatThrownBy(() -> factory.generateSecret(clear))
        .isInstanceOf(InvalidKeySpecException.class)
        .hasMessageContaining("Cipher.unwrap")
        .hasMessageNotContaining("SECR")
        .hasMessageNotContaining("53454352");
    assertThatThrownBy(() -> factory.translateKey(clear)).isInstanceOf(InvalidKeyException.class);
    assertThat(fixture.hsm.keys()).hasSize(before);
  }

  @Test
  void nothing_isRefused() throws Exception {
    KeyFactory factory = factory("EC");
    Key key = pair("EC", 256).getPrivate();
    assertThatThrownBy(() -> factory.generatePublic(null))
        .isInstanceOf(InvalidKeySpecException.class);
    assertThatThrownBy(() -> factory.generatePrivate(null))
        .isInstanceOf(InvalidKeySpecException.class);
    assertThatThrownBy(() -> factory.getKeySpec(null, HsmKeySpec.class))
        .isInstanceOf(InvalidKeySpecException.class);
    assertThatThrownBy(() -> factory.getKeySpec(key, null))
        .isInstanceOf(InvalidKeySpecException.class);
    assertThatThrownBy(() -> factory.translateKey(null)).isInstanceOf(InvalidKeyException.class);
  }
}
