package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.CipherAlgorithm.AesCbc;
import io.strongroom.hsm.CipherAlgorithm.AesCtr;
import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.CipherAlgorithm.RsaOaep;
import io.strongroom.hsm.CipherAlgorithm.RsaPkcs1;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each call with something wrong: the right exception, and a session that is good afterwards. */
@ExtendWith(DeviceExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrongInputTest {
  private static final byte[] NONE = new byte[0];
  private static final byte[] IV = new byte[16];

  final Hsm hsm;
  final KeyInfo aes;
  final KeyInfo encryptOnly;
  final KeyInfo rsa;
  final KeyInfo ec;
  final KeyInfo secret;

  WrongInputTest(DeviceExtension.Url url) {
    hsm = Hsm.open(url.text() + "&x-sessions=1");
    aes = make(KeySpec.of(Material.id(), "aes", KeyType.AES_256));
    encryptOnly =
        make(
            KeySpec.of(Material.id(), "encrypt-only", KeyType.AES_256)
                .withUsages(KeyUsage.ENCRYPT));
    rsa =
        make(
            KeySpec.of(Material.id(), "rsa", KeyType.RSA_2048)
                .withUsages(KeyUsage.ENCRYPT, KeyUsage.DECRYPT));
    ec = make(KeySpec.of(Material.id(), "ec", KeyType.EC_P256));
    secret = make(KeySpec.of(Material.id(), "secret", KeyType.secret(256)));
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  private KeyInfo make(KeySpec spec) {
    return hsm.create(spec);
  }

  static Stream<CipherAlgorithm> wrongForEncryption() {
    return Stream.of(
        new AesGcm(NONE, NONE, 128),
        new AesGcm(IV, NONE, 64),
        new AesGcm(IV, NONE, 100),
        new AesGcm(IV, NONE, 136),
        new AesCbc(new byte[15], true),
        new AesCbc(IV, false),
        new AesCtr(new byte[12]),
        new AesEcb(),
        new RsaPkcs1());
  }

  @ParameterizedTest
  @MethodSource("wrongForEncryption")
  void encrypt_wrongParameter_badInput(CipherAlgorithm algorithm) {
    assertThatThrownBy(() -> hsm.encrypt(aes.id(), algorithm, new byte[17]))
        .isInstanceOf(HsmException.BadInput.class);
    assertGoodAfterwards();
  }

  @ParameterizedTest
  @MethodSource("wrongForEncryption")
  void decrypt_wrongParameter_badInput(CipherAlgorithm algorithm) {
    assertThatThrownBy(() -> hsm.decrypt(aes.id(), algorithm, new byte[17]))
        .isInstanceOf(HsmException.BadInput.class);
    assertGoodAfterwards();
  }

  @Test
  void decrypt_withoutIv_badInput() {
    for (CipherAlgorithm algorithm :
        new CipherAlgorithm[] {
          new AesGcm(null, NONE, 128), new AesCbc(null, true), new AesCtr(null)
        }) {
      assertThatThrownBy(() -> hsm.decrypt(aes.id(), algorithm, new byte[32]))
          .isInstanceOf(HsmException.BadInput.class);
    }
    assertGoodAfterwards();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15})
  void gcmDecrypt_shorterThanTheTag_authenticationFailed(int bytes) {
    assertThatThrownBy(
            () -> hsm.decrypt(aes.id(), AesGcm.withIv(new byte[12], NONE), new byte[bytes]))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
    assertGoodAfterwards();
  }

  @Test
  void gcmDecrypt_anyPartAltered_authenticationFailed() {
    byte[] aad = {1};
    Encrypted good = hsm.encrypt(aes.id(), AesGcm.withDeviceIv(aad), new byte[30]);
    for (int i = 0; i < good.bytes().length; i++) {
      byte[] altered = good.bytes().clone();
      altered[i] ^= 1;
      assertThatThrownBy(() -> hsm.decrypt(aes.id(), AesGcm.withIv(good.iv(), aad), altered))
          .isInstanceOf(HsmException.AuthenticationFailed.class);
    }
    assertThatThrownBy(
            () -> hsm.decrypt(aes.id(), AesGcm.withIv(good.iv(), new byte[] {2}), good.bytes()))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
    assertThatThrownBy(() -> hsm.decrypt(aes.id(), AesGcm.withIv(new byte[12], aad), good.bytes()))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
    assertThat(hsm.decrypt(aes.id(), AesGcm.withIv(good.iv(), aad), good.bytes()))
        .isEqualTo(new byte[30]);
  }

  @Test
  void cbcDecrypt_paddingWrong_authenticationFailed() {
    Encrypted blocks = hsm.encrypt(aes.id(), new AesCbc(IV, false), new byte[32]);

    assertThatThrownBy(() -> hsm.decrypt(aes.id(), new AesCbc(IV, true), blocks.bytes()))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
    assertGoodAfterwards();
  }

  @Test
  void rsaDecrypt_otherLengthThanModulus_badInput() {
    assertThatThrownBy(() -> hsm.decrypt(rsa.id(), new RsaPkcs1(), new byte[255]))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("256");
    assertGoodAfterwards();
  }

  @Test
  void rsaEncrypt_moreThanFits_badInputSaysHowMuch() {
    assertThatThrownBy(() -> hsm.encrypt(rsa.id(), new RsaPkcs1(), new byte[246]))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("245");
    RsaOaep oaep = new RsaOaep(Digest.SHA_1, Digest.SHA_1, NONE);
    assertThatThrownBy(() -> hsm.encrypt(rsa.id(), oaep, new byte[215]))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("214");
    assertThat(hsm.encrypt(rsa.id(), oaep, new byte[214]).bytes()).hasSize(256);
  }

  @Test
  void rsaEncrypt_digestThatDeviceLacks_unsupportedNamesIt() {
    RsaOaep oaep = new RsaOaep(Digest.SHA_256, Digest.SHA_1, NONE);

    assertThatThrownBy(() -> hsm.encrypt(rsa.id(), oaep, new byte[10]))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("SHA_256");
    assertGoodAfterwards();
  }

  @Test
  void rsaOaep_labelThatDeviceDoesNotHeed_unsupportedSaysSo() {
    byte[] label = {1};
    RsaOaep oaep = new RsaOaep(Digest.SHA_1, Digest.SHA_1, label);

    assertThatThrownBy(() -> hsm.encrypt(rsa.id(), oaep, new byte[10]))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("label");
    assertThatThrownBy(() -> hsm.decrypt(rsa.id(), oaep, new byte[256]))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("label");
    assertGoodAfterwards();
  }

  @Test
  void paddedDecrypt_ofNothing_badInputSaysSo() {
    assertThatThrownBy(() -> hsm.decrypt(aes.id(), new AesCbc(new byte[16], true), NONE))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("not 0");
    assertGoodAfterwards();
  }

  @Test
  void decrypt_keyMayNot_badInputNamesTheAnswer() {
    assertThatThrownBy(() -> hsm.decrypt(encryptOnly.id(), new AesEcb(), new byte[16]))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("CKR_KEY_FUNCTION_NOT_PERMITTED");
    assertGoodAfterwards();
  }

  @Test
  void anyCall_keyOfAnotherKind_badInput() {
    byte[] input = new byte[32];
    assertBadInput(() -> hsm.encrypt(ec.id(), new AesEcb(), input));
    assertBadInput(() -> hsm.decrypt(secret.id(), new AesEcb(), input));
    assertBadInput(() -> hsm.sign(aes.id(), new SignatureAlgorithm.Ecdsa(), input));
    assertBadInput(() -> hsm.verify(rsa.id(), new SignatureAlgorithm.Ecdsa(), input, input));
    assertBadInput(() -> hsm.mac(aes.id(), new MacAlgorithm.Hmac(Digest.SHA_256), input));
    assertBadInput(() -> hsm.mac(secret.id(), new MacAlgorithm.AesCmac(), input));
    assertBadInput(() -> hsm.wrap(ec.id(), new WrapAlgorithm.AesKwp(), secret.id()));
    assertGoodAfterwards();
  }

  @Test
  void sign_inputOfWrongLength_badInput() {
    KeyInfo signing = make(KeySpec.of(Material.id(), "signing", KeyType.RSA_2048));
    assertBadInput(() -> hsm.sign(signing.id(), new SignatureAlgorithm.RsaPkcs1(), new byte[246]));
    assertBadInput(() ->
        hsm.sign(
            signing.id(),
            new SignatureAlgorithm.RsaPss(Digest.SHA_256, Digest.SHA_256, 32),
            new byte[31]));
    assertBadInput(() -> hsm.sign(ec.id(), new SignatureAlgorithm.Ecdsa(), NONE));
    assertGoodAfterwards();
  }

  @Test
  void anyCall_unknownKey_keyNotFound() {
    KeyId unknown = Material.id();
    assertKeyNotFound(() -> hsm.key(unknown));
    assertKeyNotFound(() -> hsm.key("unknown"));
    assertKeyNotFound(() -> hsm.destroy(unknown));
    assertKeyNotFound(() -> hsm.checkValue(unknown));
    assertKeyNotFound(() -> hsm.encrypt(unknown, new AesEcb(), new byte[16]));
    assertKeyNotFound(() -> hsm.attemptExport(unknown));
    assertKeyNotFound(() -> hsm.wrap(aes.id(), new WrapAlgorithm.AesKwp(), unknown));
    assertKeyNotFound(() -> hsm.wrap(unknown, new WrapAlgorithm.AesKwp(), aes.id()));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_537})
  void random_tooManyOrFew_badInput(int bytes) {
    assertBadInput(() -> hsm.random(bytes));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536})
  void random_inBounds_isOfThatLength(int bytes) {
    assertThat(hsm.random(bytes)).hasSize(bytes);
  }

  @Test
  void create_idOfAnotherKindOfKey_keyExists() {
    assertThatThrownBy(() -> make(KeySpec.of(aes.id(), "aes", KeyType.AES_128)))
        .isInstanceOf(HsmException.KeyExists.class);
    assertThatThrownBy(() -> make(KeySpec.of(aes.id(), "renamed", KeyType.AES_256)))
        .isInstanceOf(HsmException.KeyExists.class);
    assertThatThrownBy(
            () -> make(KeySpec.of(aes.id(), "aes", KeyType.AES_256).withUsages(KeyUsage.ENCRYPT)))
        .isInstanceOf(HsmException.KeyExists.class);
  }

  private void assertBadInput(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(HsmException.BadInput.class);
  }

  private void assertKeyNotFound(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(HsmException.KeyNotFound.class);
  }

  private void assertGoodAfterwards() {
    Encrypted encrypted = hsm.encrypt(aes.id(), AesGcm.withDeviceIv(NONE), new byte[5]);
    assertThat(hsm.decrypt(aes.id(), AesGcm.withIv(encrypted.iv(), NONE), encrypted.bytes()))
        .isEqualTo(new byte[5]);
  }
}
