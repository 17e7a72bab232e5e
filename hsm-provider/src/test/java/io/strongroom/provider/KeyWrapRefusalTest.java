package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code Cipher.wrap} and {@code unwrap} refuse, and with which words. */
class KeyWrapRefusalTest extends KeyWrapSuite {

  @ParameterizedTest
  @ValueSource(strings = {"AES/KW/NoPadding", "AES/KWP/NoPadding", RSA_AES, "RSA/ECB/OAEPPadding"})
  @Difference("wrap-only-what-may-leave")
  void wrap_ofAKeyThatMayNotLeave_isRefused(String name) throws Exception {
    Cipher cipher = wrapping(name);
    SecretKey key = KeyGenerator.getInstance("AES", fixture.provider).generateKey();
    assertThatThrownBy(() -> cipher.wrap(key))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("never leaves")
        .hasMessageContaining("mayLeaveWrapped");
    assertThatThrownBy(() -> cipher.wrap(new SecretKeySpec(new byte[16], "AES")))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("leave the provider out");
    assertThatThrownBy(() -> cipher.wrap(null)).isInstanceOf(InvalidKeyException.class);
    assertThat(cipher.wrap(wrappable("AES", 256))).isNotEmpty();
  }

  @Test
  @Difference("wrap-under-keys-of-the-token")
  void wrap_underAPublicKeyOfElsewhere_isRefused() throws Exception {
    KeyPairGenerator software = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    software.initialize(2048);
    KeyPair outside = software.generateKeyPair();
    for (String name : new String[] {"RSA/ECB/OAEPPadding", "RSA/ECB/PKCS1Padding", RSA_AES}) {
      Cipher cipher = ours(name);
      assertThatThrownBy(() -> cipher.init(Cipher.WRAP_MODE, outside.getPublic()))
          .isInstanceOf(InvalidKeyException.class)
          .hasMessageContaining("not in the HSM");
      assertThatThrownBy(() -> cipher.init(Cipher.WRAP_MODE, rsa.getPrivate()))
          .isInstanceOf(InvalidKeyException.class)
          .hasMessageContaining("public half");
      assertThatThrownBy(() -> cipher.init(Cipher.UNWRAP_MODE, outside.getPrivate()))
          .isInstanceOf(InvalidKeyException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES/KW/NoPadding", "AES/KWP/NoPadding", RSA_AES, "RSA/ECB/OAEPPadding"})
  void wrappedBytes_changedOrCut_areRefusedAndLeaveNothing(String name) throws Exception {
    byte[] wrapped = wrapping(name).wrap(wrappable("AES", 256));
    byte[] changed = wrapped.clone();
    changed[wrapped.length - 3] ^= 1;
    byte[] cut = Arrays.copyOf(wrapped, wrapped.length - 8);
    byte[] longer = Arrays.copyOf(wrapped, wrapped.length + 8);
    Cipher cipher = unwrapping(name);
    int before = fixture.hsm.keys().size();
    for (byte[] bad : new byte[][] {changed, cut, longer, {}, new byte[1], null}) {
      assertThatThrownBy(() -> cipher.unwrap(bad, "AES", Cipher.SECRET_KEY))
          .isInstanceOf(InvalidKeyException.class);
    }
    assertThat(fixture.hsm.keys()).hasSize(before);
    assertThat(cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY)).isNotNull();
  }

  @Test
  void unwrap_ofAKindThatCannotBe_isRefused() throws Exception {
    byte[] wrapped = kwp(new SecretKeySpec(new byte[32], "AES"));
    Cipher cipher = unwrapping("AES/KWP/NoPadding");
    for (String name : new String[] {"DES", "", null}) {
      assertThatThrownBy(() -> cipher.unwrap(wrapped, name, Cipher.SECRET_KEY))
          .isInstanceOf(NoSuchAlgorithmException.class)
          .hasMessageContaining("AES");
    }
    assertThatThrownBy(() -> cipher.unwrap(wrapped, "AES", Cipher.PRIVATE_KEY))
        .isInstanceOf(NoSuchAlgorithmException.class);
    assertThatThrownBy(() -> cipher.unwrap(wrapped, "RSA", Cipher.PUBLIC_KEY))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("KeyFactory");
    assertThatThrownBy(() -> cipher.unwrap(wrapped, "RSA", Cipher.PRIVATE_KEY))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("withBits");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AES/GCM/NoPadding",
        "AES/CBC/PKCS5Padding",
        "AES/CTR/NoPadding",
        "AES/ECB/NoPadding"
      })
  @Difference("wrap-only-with-ciphers-for-keys")
  void wrap_withACipherForData_isRefused(String name) throws Exception {
    Cipher cipher = ours(name);
    for (int mode : new int[] {Cipher.WRAP_MODE, Cipher.UNWRAP_MODE}) {
      assertThatThrownBy(() -> cipher.init(mode, kek.inHsm()))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("AES/KWP/NoPadding");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES/KW/NoPadding", "AES/KWP/NoPadding", RSA_AES})
  @Difference("wrap-only-with-ciphers-for-keys")
  void dataWithACipherForKeys_isRefused(String name) throws Exception {
    Cipher cipher = ours(name);
    for (int mode : new int[] {Cipher.ENCRYPT_MODE, Cipher.DECRYPT_MODE}) {
      assertThatThrownBy(() -> cipher.init(mode, kek.inHsm()))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("AES/GCM/NoPadding");
    }
    assertThatThrownBy(() -> cipher.wrap(kek.inHsm())).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void fixedLengthName_withAKeyOfAnother_isRefused() throws Exception {
    Cipher cipher = ours("AES_128/KW/NoPadding");
    assertThatThrownBy(() -> cipher.init(Cipher.WRAP_MODE, kek.inHsm()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("128")
        .hasMessageContaining("256");
  }

  @Test
  void parameters_thatDoNotFit_areRefused() throws Exception {
    Cipher kw = ours("AES/KW/NoPadding");
    IvParameterSpec iv = new IvParameterSpec(new byte[8]);
    HsmKeySpec spec = HsmKeySpec.session("x");
    OAEPParameterSpec mixed =
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);
    assertRefused(kw, Cipher.WRAP_MODE, kek.inHsm(), iv);
    assertRefused(kw, Cipher.UNWRAP_MODE, kek.inHsm(), iv);
    assertRefused(kw, Cipher.WRAP_MODE, kek.inHsm(), spec);
    assertRefused(kw, Cipher.UNWRAP_MODE, kek.inHsm(), spec.withCipher(mixed));
    assertRefused(kw, Cipher.UNWRAP_MODE, kek.inHsm(), HsmKeySpec.token("strongroom-x"));
    assertRefused(kw, Cipher.UNWRAP_MODE, kek.inHsm(), HsmKeySpec.token(""));
    Cipher oaep = ours("RSA/ECB/OAEPPadding");
    assertRefused(oaep, Cipher.WRAP_MODE, rsa.getPublic(), spec);
    assertRefused(oaep, Cipher.WRAP_MODE, rsa.getPublic(), mixed);
    assertRefused(oaep, Cipher.UNWRAP_MODE, rsa.getPrivate(), spec.withCipher(mixed));
    Cipher sha256 = ours("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
    assertThatThrownBy(() -> sha256.init(Cipher.UNWRAP_MODE, rsa.getPrivate()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("OAEPParameterSpec");
  }

  private static void assertRefused(
      Cipher cipher, int mode, Key key, java.security.spec.AlgorithmParameterSpec parameters) {
    assertThatThrownBy(() -> cipher.init(mode, key, parameters))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
  }

  @Test
  void key_thatMayNotWrap_isRefused() throws Exception {
    SecretKey plain = KeyGenerator.getInstance("AES", fixture.provider).generateKey();
    Cipher cipher = ours("AES/KWP/NoPadding");
    assertThatThrownBy(() -> cipher.init(Cipher.WRAP_MODE, plain))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("wants WRAP");
    assertThatThrownBy(() -> cipher.init(Cipher.UNWRAP_MODE, plain))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("wants UNWRAP");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", fixture.provider);
    generator.initialize(2048);
    KeyPair signing = generator.generateKeyPair();
    Cipher oaep = ours("RSA/ECB/OAEPPadding");
    assertThatThrownBy(() -> oaep.init(Cipher.WRAP_MODE, signing.getPublic()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("wants WRAP");
  }
}
