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
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class RsaCipherTest {

  private static ProviderFixture fixture;
  private static KeyPair pair;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", fixture.provider);
    generator.initialize(
        HsmKeySpec.session("cipher").withBits(2048).withUsages(KeyUsage.ENCRYPT, KeyUsage.DECRYPT));
    pair = generator.generateKeyPair();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private static Cipher ours(String name) throws Exception {
    return Cipher.getInstance(name, fixture.provider);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RSA/ECB/PKCS1Padding",
        "RSA/ECB/OAEPPadding",
        "RSA/ECB/OAEPWithSHA-1AndMGF1Padding",
        "RSA/ECB/OAEPWithSHA1AndMGF1Padding"
      })
  void ciphertext_ofTheJdkOrOurs_decryptsInTheHsm(String name) throws Exception {
    byte[] plaintext = ProviderFixture.bytes(100);
    Cipher jdk = Cipher.getInstance(name, "SunJCE");
    jdk.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    Cipher cipher = ours(name);
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    cipher.update(plaintext, 0, 33);
    byte[] encrypted = cipher.doFinal(plaintext, 33, 67);
    cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate());
    assertThat(cipher.doFinal(encrypted)).isEqualTo(plaintext);
    assertThat(cipher.doFinal(jdk.doFinal(plaintext))).isEqualTo(plaintext);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RSA/ECB/OAEPWithSHA-224AndMGF1Padding",
        "RSA/ECB/OAEPWithSHA-256AndMGF1Padding",
        "RSA/ECB/OAEPWithSHA-384AndMGF1Padding",
        "RSA/ECB/OAEPWithSHA-512AndMGF1Padding"
      })
  @Difference("parameters-tried-at-init")
  void oaep_withADigestTheDeviceLacks_isRefusedAtInitWithWhatItHas(String name) throws Exception {
    Cipher cipher = ours(name);
    assertThatThrownBy(() -> cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("OAEP with SHA-")
        .hasMessageContaining("[SHA-1]");
    OAEPParameterSpec sha256 =
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
    assertThatThrownBy(() -> cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate(), sha256))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("[SHA-1]");
    assertThatThrownBy(() -> cipher.doFinal(new byte[256]))
        .isInstanceOf(IllegalStateException.class);
    OAEPParameterSpec sha1 =
        new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic(), sha1);
    byte[] encrypted = cipher.doFinal(new byte[4]);
    cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate(), sha1);
    assertThat(cipher.doFinal(encrypted)).isEqualTo(new byte[4]);
  }

  @Test
  @Difference("parameters-tried-at-init")
  void oaepLabel_thatTheDeviceDoesNotHeed_isRefusedAtInit() throws Exception {
    Cipher cipher = ours("RSA/ECB/OAEPPadding");
    OAEPParameterSpec labelled =
        new OAEPParameterSpec(
            "SHA-1", "MGF1", MGF1ParameterSpec.SHA1, new PSource.PSpecified(new byte[] {1}));
    assertThatThrownBy(() -> cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate(), labelled))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("and a label");
  }

  @Test
  void ciphertext_changedOrCut_isRefused() throws Exception {
    Cipher cipher = ours("RSA/ECB/OAEPPadding");
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    byte[] encrypted = cipher.doFinal(new byte[4]);
    encrypted[200] ^= 1;
    cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate());
    assertThatThrownBy(() -> cipher.doFinal(encrypted)).isInstanceOf(BadPaddingException.class);
    assertThatThrownBy(() -> cipher.doFinal(encrypted, 0, 255))
        .isInstanceOf(IllegalBlockSizeException.class)
        .hasMessageContaining("256")
        .hasMessageContaining("255");
  }

  @Test
  void keys_theWrongWayRound_areRefused() throws Exception {
    Cipher cipher = ours("RSA/ECB/PKCS1Padding");
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, pair.getPrivate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("NONEwithRSA");
    assertThatThrownBy(() -> cipher.init(Cipher.DECRYPT_MODE, pair.getPublic()))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> cipher.doFinal(new byte[1])).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void parameters_thatDoNotFit_areRefused() throws Exception {
    Cipher pkcs1 = ours("RSA/ECB/PKCS1Padding");
    IvParameterSpec iv = new IvParameterSpec(new byte[16]);
    assertThatThrownBy(() -> pkcs1.init(Cipher.DECRYPT_MODE, pair.getPrivate(), iv))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    Cipher oaep = ours("RSA/ECB/OAEPPadding");
    assertThatThrownBy(() -> oaep.init(Cipher.DECRYPT_MODE, pair.getPrivate(), iv))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("OAEPParameterSpec");
    OAEPParameterSpec md5 =
        new OAEPParameterSpec("MD5", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);
    assertThatThrownBy(() -> oaep.init(Cipher.DECRYPT_MODE, pair.getPrivate(), md5))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("MD5");
  }
}
