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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
