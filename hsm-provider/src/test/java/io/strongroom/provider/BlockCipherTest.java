package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.ByteArrayOutputStream;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class BlockCipherTest {

  private static final Provider JDK = Security.getProvider("SunJCE");
  private static ProviderFixture fixture;
  private static ProviderFixture.KnownKey key;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    key = fixture.aes256();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private final IvParameterSpec iv = new IvParameterSpec(ProviderFixture.bytes(16));

  private Cipher cipher(String name, int mode, Provider provider) throws Exception {
    Cipher cipher = Cipher.getInstance(name, provider);
    Key with = provider == JDK ? key.inSoftware() : key.inHsm();
    if (name.contains("ECB")) {
      cipher.init(mode, with);
    } else {
      cipher.init(mode, with, iv);
    }
    return cipher;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AES/CBC/NoPadding",
        "AES/CBC/PKCS5Padding",
        "AES/CTR/NoPadding",
        "AES/ECB/NoPadding"
      })
  void message_cutAnywhere_isWhatTheJdkGives(String name) throws Exception {
    boolean wholeBlocks = name.matches(".*(CBC|ECB)/NoPadding");
    for (int size : wholeBlocks ? new int[] {0, 16, 48} : new int[] {0, 1, 15, 16, 17, 48, 100}) {
      byte[] plaintext = ProviderFixture.bytes(size);
      byte[] ciphertext = cipher(name, Cipher.ENCRYPT_MODE, JDK).doFinal(plaintext);
      for (int cut = 0; cut <= size; cut += 5) {
        Cipher encryption = cipher(name, Cipher.ENCRYPT_MODE, fixture.provider);
        assertThat(cut(encryption, plaintext, cut)).as("%d/%d", cut, size).isEqualTo(ciphertext);
        Cipher decryption = cipher(name, Cipher.DECRYPT_MODE, fixture.provider);
        assertThat(cut(decryption, ciphertext, cut)).as("%d/%d", cut, size).isEqualTo(plaintext);
      }
    }
  }

  private static byte[] cut(Cipher cipher, byte[] input, int at) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (at > 0) { // the JDK itself answers an empty update with null
      out.write(cipher.update(input, 0, at));
    }
    out.write(cipher.doFinal(input, at, input.length - at));
    return out.toByteArray();
  }

  @Test
  @Difference("cbc-short-buffer")
  void padded_afterABufferThatWasTooShort_givesTheRightData() throws Exception {
    byte[] plaintext = ProviderFixture.bytes(50);
    byte[] ciphertext = cipher("AES/CBC/PKCS5Padding", Cipher.ENCRYPT_MODE, JDK).doFinal(plaintext);
    Cipher cipher = cipher("AES/CBC/PKCS5Padding", Cipher.DECRYPT_MODE, fixture.provider);
    cipher.update(ciphertext, 0, 20);
    for (int room : new int[] {0, 47, 49}) {
      assertThatThrownBy(() -> cipher.doFinal(ciphertext, 20, 44, new byte[room], 0))
          .isInstanceOf(ShortBufferException.class);
    }
    byte[] out = new byte[50];
    assertThat(cipher.doFinal(ciphertext, 20, 44, out, 0)).isEqualTo(50);
    assertThat(out).isEqualTo(plaintext);
  }

  @Test
  void encryption_withoutParameters_drawsAnIv() throws Exception {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding", fixture.provider);
    cipher.init(Cipher.ENCRYPT_MODE, key.inHsm());
    assertThat(cipher.getIV()).hasSize(16);
    byte[] ciphertext = cipher.doFinal(new byte[3]);
    Cipher jdk = Cipher.getInstance("AES/CBC/PKCS5Padding", JDK);
    jdk.init(Cipher.DECRYPT_MODE, key.inSoftware(), cipher.getParameters());
    assertThat(jdk.doFinal(ciphertext)).isEqualTo(new byte[3]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES/CBC/NoPadding", "AES/ECB/NoPadding"})
  void input_ofPartsOfABlock_isRefused(String name) throws Exception {
    Cipher cipher = cipher(name, Cipher.ENCRYPT_MODE, fixture.provider);
    assertThatThrownBy(() -> cipher.doFinal(new byte[17]))
        .isInstanceOf(IllegalBlockSizeException.class)
        .hasMessageContaining("17");
    assertThat(cipher.doFinal(new byte[16])).hasSize(16);
  }

  @Test
  void padding_thatIsWrong_isABadPadding() throws Exception {
    // A last block that decrypts to zeros cannot end in PKCS #7 padding.
    byte[] ciphertext = cipher("AES/CBC/NoPadding", Cipher.ENCRYPT_MODE, JDK).doFinal(new byte[32]);
    Cipher cipher = cipher("AES/CBC/PKCS5Padding", Cipher.DECRYPT_MODE, fixture.provider);
    assertThatThrownBy(() -> cipher.doFinal(ciphertext)).isInstanceOf(BadPaddingException.class);
    assertThatThrownBy(() -> cipher.doFinal(Arrays.copyOf(ciphertext, 31)))
        .isInstanceOf(IllegalBlockSizeException.class);
  }

  @Difference("cbc-empty-ciphertext")
  @Test
  void paddedCiphertext_thatIsEmpty_isRefused() throws Exception {
    Cipher jdk = cipher("AES/CBC/PKCS5Padding", Cipher.DECRYPT_MODE, JDK);
    assertThat(jdk.doFinal(new byte[0])).isEmpty();
    Cipher cipher = cipher("AES/CBC/PKCS5Padding", Cipher.DECRYPT_MODE, fixture.provider);
    assertThatThrownBy(() -> cipher.doFinal(new byte[0]))
        .isInstanceOf(IllegalBlockSizeException.class)
        .hasMessageContaining("at least one block");
  }

  @Test
  void parameters_thatDoNotFit_areRefused() throws Exception {
    Cipher cbc = Cipher.getInstance("AES/CBC/NoPadding", fixture.provider);
    assertThatThrownBy(
            () -> cbc.init(Cipher.ENCRYPT_MODE, key.inHsm(), new IvParameterSpec(new byte[12])))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("got 12");
    assertThatThrownBy(() ->
            cbc.init(Cipher.ENCRYPT_MODE, key.inHsm(), new GCMParameterSpec(128, new byte[16])))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("IvParameterSpec");
    assertThatThrownBy(() -> cbc.init(Cipher.DECRYPT_MODE, key.inHsm()))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("IvParameterSpec");
    Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding", fixture.provider);
    assertThatThrownBy(() -> ecb.init(Cipher.ENCRYPT_MODE, key.inHsm(), iv))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
  }
}
