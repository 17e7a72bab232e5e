package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.ProviderException;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.DestroyFailedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class KeyGenerationTest {

  private static final RSAKeyGenParameterSpec RSA_2048 =
      new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
  private static ProviderFixture fixture;

  @BeforeAll
  static void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private static KeyGenerator secrets(String algorithm) throws Exception {
    return KeyGenerator.getInstance(algorithm, fixture.provider);
  }

  private static KeyPairGenerator pairs(String algorithm) throws Exception {
    return KeyPairGenerator.getInstance(algorithm, fixture.provider);
  }

  @Test
  @Difference("keys-have-no-encoding")
  void secretKey_withoutASpec_isASessionKeyThatNeverLeaves() throws Exception {
    SecretKey key = secrets("AES").generateKey();
    KeyInfo info = fixture.provider.describe(key);
    assertThat(info.type()).isEqualTo(KeyType.AES_256);
    assertThat(info.session()).isTrue();
    assertThat(info.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(info.label()).isEqualTo("session-" + info.id());
    assertThat(key.getEncoded()).isNull();
    assertThat(key.getFormat()).isNull();
    assertThat(key.getAlgorithm()).isEqualTo("AES");
  }

  @Test
  void secretKey_withASpec_isWhatTheSpecSays() throws Exception {
    KeyId id = KeyId.random(fixture.random);
    String label = fixture.label();
    KeyGenerator generator = secrets("AES");
    generator.init(
        HsmKeySpec.token(label)
            .withId(id)
            .withBits(128)
            .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
    KeyInfo info = fixture.provider.describe(generator.generateKey());
    assertThat(info.id()).isEqualTo(id);
    assertThat(info.label()).isEqualTo(label);
    assertThat(info.type()).isEqualTo(KeyType.AES_128);
    assertThat(info.usages()).containsExactlyInAnyOrder(KeyUsage.WRAP, KeyUsage.UNWRAP);
    assertThat(info.session()).isFalse();
    assertThat(fixture.hsm.key(label).id()).isEqualTo(id);
  }

  @Test
  void secretKey_thatMayLeaveWrapped_isMadeByThatNameOnly() throws Exception {
    KeyGenerator generator = secrets("AES");
    generator.init(HsmKeySpec.session(fixture.label()).mayLeaveWrapped());
    assertThat(fixture.provider.describe(generator.generateKey()).protection())
        .isEqualTo(Protection.LEAVES_WRAPPED);
  }

  @Test
  void generation_repeatedWithOneId_findsTheFirstKey() throws Exception {
    KeyGenerator generator = secrets("AES");
    generator.init(HsmKeySpec.token(fixture.label()).withId(KeyId.random(fixture.random)));
    SecretKey first = generator.generateKey();
    assertThat(generator.generateKey()).isEqualTo(first).hasSameHashCodeAs(first);
  }

  @Test
  @Difference("labels-are-unique")
  void generation_underATakenLabel_isRefused() throws Exception {
    KeyGenerator generator = secrets("AES");
    generator.init(HsmKeySpec.token(fixture.label()));
    SecretKey first = generator.generateKey();
    assertThatThrownBy(generator::generateKey).isInstanceOf(ProviderException.class);
    assertThat(fixture.provider.describe(first).label()).startsWith("key-");
  }

  @ParameterizedTest
  @Difference("hmac-key-length")
  @CsvSource({
    "HmacSHA1, 160",
    "HmacSHA224, 224",
    "HmacSHA256, 256",
    "HmacSHA384, 384",
    "HmacSHA512, 512",
    "GenericSecret, 256"
  })
  void secret_withoutALength_isAsLongAsTheDigest(String algorithm, int bits) throws Exception {
    SecretKey key = secrets(algorithm).generateKey();
    assertThat(key.getAlgorithm()).isEqualTo(algorithm);
    assertThat(fixture.provider.describe(key).type()).isEqualTo(KeyType.secret(bits));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 64, 127, 129, 512})
  void aes_ofAnotherLength_isRefused(int bits) throws Exception {
    KeyGenerator generator = secrets("AES");
    assertThatThrownBy(() -> generator.init(bits))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("128, 192 or 256");
    HsmKeySpec spec = HsmKeySpec.session(fixture.label()).withBits(bits);
    assertThatThrownBy(() -> generator.init(spec))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("128, 192 or 256");
  }

  @Test
  void spec_ofAnotherKind_isRefused() throws Exception {
    KeyGenerator generator = secrets("AES");
    assertThatThrownBy(() -> generator.init(new ECGenParameterSpec("secp256r1")))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("HsmKeySpec");
    assertThatThrownBy(() -> pairs("EC").initialize(RSA_2048))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("HsmKeySpec");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "line\nbreak", "strongroom-domain", "strongroom-x"})
  void label_thatCannotBe_isRefused(String label) throws Exception {
    KeyGenerator generator = secrets("AES");
    assertThatThrownBy(() -> generator.init(HsmKeySpec.token(label)))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("label");
  }

  @Test
  void rsa_withoutASpec_hasTheJdksDefaults() throws Exception {
    KeyPair pair = pairs("RSA").generateKeyPair();
    assertThat(pair.getPublic())
        .isInstanceOfSatisfying(
            RSAPublicKey.class,
            key -> {
              assertThat(key.getModulus().bitLength()).isEqualTo(3072);
              assertThat(key.getPublicExponent()).isEqualTo(BigInteger.valueOf(65537));
              assertThat(((RSAKey) pair.getPrivate()).getModulus()).isEqualTo(key.getModulus());
            });
    assertThat(pair.getPrivate().getEncoded()).isNull();
    assertThat(pair.getPrivate().getAlgorithm()).isEqualTo("RSA");
  }

  @Test
  void rsa_withGenerationParameters_hasThoseOrIsRefused() throws Exception {
    KeyPairGenerator generator = pairs("RSA");
    generator.initialize(RSA_2048);
    assertThat(((RSAKey) generator.generateKeyPair().getPrivate()).getModulus().bitLength())
        .isEqualTo(2048);
    assertThatThrownBy(
            () -> generator.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F0)))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("65537")
        .hasMessageContaining("got 3");
    assertThatThrownBy(() -> generator.initialize(1000))
        .isInstanceOf(InvalidParameterException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, 256",
    "NIST P-256, 256",
    "1.2.840.10045.3.1.7, 256",
    "secp384r1, 384",
    "secp521r1, 521"
  })
  void ec_onEachCurve_isOnThatCurve(String curve, int bits) throws Exception {
    KeyPairGenerator generator = pairs("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    KeyPair pair = generator.generateKeyPair();
    assertThat(fixture.provider.describe(pair.getPrivate()).type())
        .isEqualTo(new KeyType(KeyType.Family.EC, bits));
    ECPublicKey publicKey = (ECPublicKey) pair.getPublic();
    assertThat(((ECKey) pair.getPrivate()).getParams()).isEqualTo(publicKey.getParams());
    generator.initialize(publicKey.getParams());
    assertThat(((ECKey) generator.generateKeyPair().getPublic()).getParams().getOrder())
        .isEqualTo(publicKey.getParams().getOrder());
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256k1", "brainpoolP256r1", "nothing"})
  void ec_onAnotherCurve_isRefused(String curve) throws Exception {
    KeyPairGenerator generator = pairs("EC");
    assertThatThrownBy(() -> generator.initialize(new ECGenParameterSpec(curve)))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("secp256r1");
    assertThatThrownBy(() -> generator.initialize(255))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void key_asText_tellsItsNameOnly() throws Exception {
    SecretKey key = secrets("AES").generateKey();
    KeyInfo info = fixture.provider.describe(key);
    assertThat(key.toString()).isEqualTo("AES_256 key \"%s\" (%s)", info.label(), info.id());
  }

  @Test
  void key_serialized_isRefused() throws Exception {
    SecretKey key = secrets("AES").generateKey();
    KeyPair pair = pairs("EC").generateKeyPair();
    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      assertThatThrownBy(() -> out.writeObject(key)).isInstanceOf(NotSerializableException.class);
      assertThatThrownBy(() -> out.writeObject(pair.getPrivate()))
          .isInstanceOf(NotSerializableException.class);
      assertThatThrownBy(() -> out.writeObject(fixture.provider))
          .isInstanceOf(NotSerializableException.class);
    }
  }

  @Test
  @Difference("session-keys-are-destroyed")
  void sessionKey_destroyed_isGoneFromTheDevice() throws Exception {
    SecretKey key = secrets("AES").generateKey();
    KeyId id = fixture.provider.describe(key).id();
    key.destroy();
    assertThat(key.isDestroyed()).isTrue();
    assertThat(fixture.hsm.keys()).noneMatch(info -> info.id().equals(id));
    assertThatThrownBy(() -> fixture.provider.describe(key))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("destroyed");
    assertThatThrownBy(() -> fixture.provider.key(id)).isInstanceOf(InvalidKeyException.class);
    key.destroy();
  }

  @Test
  void tokenKey_destroyed_stays() throws Exception {
    KeyGenerator generator = secrets("AES");
    generator.init(HsmKeySpec.token(fixture.label()));
    SecretKey key = generator.generateKey();
    assertThatThrownBy(key::destroy)
        .isInstanceOf(DestroyFailedException.class)
        .hasMessageContaining("deleteEntry");
    assertThat(key.isDestroyed()).isFalse();
    assertThat(fixture.provider.describe(key).session()).isFalse();
  }

  @Test
  void describe_ofAKeyInSoftware_isRefused() {
    assertThatThrownBy(() -> fixture.provider.describe(new SecretKeySpec(new byte[16], "AES")))
        .isInstanceOf(InvalidKeyException.class);
  }
}
