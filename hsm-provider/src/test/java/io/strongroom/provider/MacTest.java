package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.util.HexFormat;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class MacTest {

  private static ProviderFixture fixture;

  @BeforeAll
  static void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({
    "HmacSHA1, 20",
    "HmacSHA224, 28",
    "HmacSHA256, 32",
    "HmacSHA384, 48",
    "HmacSHA512, 64"
  })
  void hmac_cutAnywhere_isWhatTheJdkGives(String algorithm, int bytes) throws Exception {
    ProviderFixture.KnownKey key = fixture.hmac(ProviderFixture.bytes(bytes), algorithm);
    Mac jdk = Mac.getInstance(algorithm, "SunJCE");
    jdk.init(key.inSoftware());
    Mac ours = Mac.getInstance(algorithm, fixture.provider);
    ours.init(key.inHsm());
    assertThat(ours.getMacLength()).isEqualTo(bytes);
    for (int size : new int[] {0, 1, 63, 64, 65, 300}) {
      byte[] message = ProviderFixture.bytes(size);
      ours.update(message, 0, size / 3);
      ours.update(message, size / 3, size - size / 3);
      assertThat(ours.doFinal()).as("%d", size).isEqualTo(jdk.doFinal(message));
    }
    ours.update((byte) 1);
    ours.reset();
    assertThat(ours.doFinal(new byte[] {2})).isEqualTo(jdk.doFinal(new byte[] {2}));
  }

  /** RFC 4231, test case 2 is too short a key for many devices; test case 3 has 20 bytes. */
  @ParameterizedTest
  @CsvSource({
    "HmacSHA224, 7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea",
    "HmacSHA256, 773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
  })
  void hmac_ofAKnownAnswer_matches(String algorithm, String expected) throws Exception {
    byte[] value = new byte[64];
    java.util.Arrays.fill(value, 0, 20, (byte) 0xaa); // HMAC pads keys with zeros to the block
    byte[] message = new byte[50];
    java.util.Arrays.fill(message, (byte) 0xdd);
    Mac mac = Mac.getInstance(algorithm, fixture.provider);
    mac.init(fixture.hmac(value, algorithm).inHsm());
    assertThat(HexFormat.of().formatHex(mac.doFinal(message))).isEqualTo(expected);
  }

  /** SP 800-38B, appendix D: AES-128 and AES-256 over messages of 0, 16, 40 and 64 bytes. */
  @ParameterizedTest
  @CsvSource({
    "2b7e151628aed2a6abf7158809cf4f3c, 0, bb1d6929e95937287fa37d129b756746",
    "2b7e151628aed2a6abf7158809cf4f3c, 16, 070a16b46b4d4144f79bdd9dd04a287c",
    "2b7e151628aed2a6abf7158809cf4f3c, 40, dfa66747de9ae63030ca32611497c827",
    "2b7e151628aed2a6abf7158809cf4f3c, 64, 51f0bebf7e3b9d92fc49741779363cfe",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4, 0,"
        + " 028962f61b7bf89efc6b551f4667d983",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4, 64,"
        + " e1992190549f6ed5696a2c056c315410",
  })
  void cmac_ofAKnownAnswer_matches(String key, int size, String expected) throws Exception {
    HexFormat hex = HexFormat.of();
    byte[] message =
        hex.parseHex(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
    Mac mac = Mac.getInstance("AESCMAC", fixture.provider);
    mac.init(fixture.aes(hex.parseHex(key), KeyUsage.SIGN).inHsm());
    assertThat(mac.getMacLength()).isEqualTo(16);
    mac.update(message, 0, size);
    assertThat(hex.formatHex(mac.doFinal())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 24, 32})
  void cmac_cutAnywhere_isWhatBouncyCastleGives(int keyBytes) throws Exception {
    ProviderFixture.KnownKey key = fixture.aes(ProviderFixture.bytes(keyBytes), KeyUsage.SIGN);
    Mac theirs = Mac.getInstance("AESCMAC", new BouncyCastleProvider());
    theirs.init(key.inSoftware());
    Mac ours = Mac.getInstance("AES-CMAC", fixture.provider);
    ours.init(key.inHsm());
    for (int size : new int[] {0, 1, 15, 16, 17, 300}) {
      byte[] message = ProviderFixture.bytes(size);
      ours.update(message, 0, size / 3);
      ours.update(message, size / 3, size - size / 3);
      assertThat(ours.doFinal()).as("%d", size).isEqualTo(theirs.doFinal(message));
    }
  }

  @Test
  void cmac_withAKeyThatMayNotSign_isRefused() throws Exception {
    Mac mac = Mac.getInstance("AESCMAC", fixture.provider);
    SecretKey encrypting = KeyGenerator.getInstance("AES", fixture.provider).generateKey();
    assertThatThrownBy(() -> mac.init(encrypting))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("wants SIGN")
        .hasMessageContaining("withUsages");
    SecretKey secret = KeyGenerator.getInstance("HmacSHA256", fixture.provider).generateKey();
    assertThatThrownBy(() -> mac.init(secret))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("wants AES");
  }

  @Test
  void key_thatTheDeviceFindsTooShort_isAClearFailure() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA512", fixture.provider);
    mac.init(fixture.hmac(new byte[32], "HmacSHA512").inHsm());
    assertThatThrownBy(mac::doFinal)
        .isInstanceOf(ProviderException.class)
        .hasMessageContaining("CKR_KEY_SIZE_RANGE");
  }

  @Test
  void mac_withParametersOrAnotherKindOfKey_isRefused() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256", fixture.provider);
    SecretKey key = KeyGenerator.getInstance("HmacSHA256", fixture.provider).generateKey();
    assertThatThrownBy(() -> mac.init(key, new IvParameterSpec(new byte[16])))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(() -> mac.init(new SecretKeySpec(new byte[32], "HmacSHA256")))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("key store HSM");
    SecretKey aes = KeyGenerator.getInstance("AES", fixture.provider).generateKey();
    assertThatThrownBy(() -> mac.init(aes))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("SECRET");
    KeyGenerator generator = KeyGenerator.getInstance("HmacSHA256", fixture.provider);
    generator.init(HsmKeySpec.session(fixture.label()).withUsages(KeyUsage.VERIFY));
    SecretKey verifyOnly = generator.generateKey();
    assertThatThrownBy(() -> mac.init(verifyOnly))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("wants SIGN");
    assertThatThrownBy(mac::doFinal).isInstanceOf(IllegalStateException.class);
  }
}
