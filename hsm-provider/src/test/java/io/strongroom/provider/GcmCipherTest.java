package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class GcmCipherTest {

  private static ProviderFixture fixture;
  private static SecretKey key;
  private static SecretKey inSoftware;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    ProviderFixture.KnownKey known = fixture.aes256();
    key = known.inHsm();
    inSoftware = known.inSoftware();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private static Cipher gcm() throws Exception {
    return Cipher.getInstance("AES/GCM/NoPadding", fixture.provider);
  }

  private static byte[] encrypt(Cipher cipher, byte[] plaintext) throws Exception {
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher.doFinal(plaintext);
  }

  @Test
  void doFinal_ofAWholeArray_leavesTheArrayAsItWas() throws Exception {
    byte[] plaintext = ProviderFixture.bytes(500);
    byte[] before = plaintext.clone();
    encrypt(gcm(), plaintext);
    assertThat(plaintext).isEqualTo(before);
  }

  @Test
  @Difference("gcm-iv-of-12-bytes")
  void encryption_withoutParameters_drawsAnIvAndShowsItAtOnce() throws Exception {
    Cipher cipher = gcm();
    cipher.init(Cipher.ENCRYPT_MODE, key);
    byte[] iv = cipher.getIV();
    assertThat(iv).hasSize(12);
    byte[] ciphertext = cipher.doFinal(new byte[] {1, 2, 3});
    assertThat(cipher.getIV()).isEqualTo(iv);
    Cipher jdk = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    jdk.init(Cipher.DECRYPT_MODE, inSoftware, new GCMParameterSpec(128, iv));
    assertThat(jdk.doFinal(ciphertext)).containsExactly(1, 2, 3);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    assertThat(cipher.getIV()).isNotEqualTo(iv);
  }

  @Test
  void parameters_asTheCipherGivesThem_decrypt() throws Exception {
    Cipher cipher = gcm();
    byte[] ciphertext = encrypt(cipher, new byte[100]);
    AlgorithmParameters parameters = cipher.getParameters();
    AlgorithmParameters decoded = AlgorithmParameters.getInstance("GCM");
    decoded.init(parameters.getEncoded());
    Cipher other = gcm();
    other.init(Cipher.DECRYPT_MODE, key, decoded);
    assertThat(other.doFinal(ciphertext)).isEqualTo(new byte[100]);
  }

  @ParameterizedTest
  @ValueSource(ints = {96, 104, 112, 120, 128})
  void tag_ofEachLength_isWhatTheJdkGives(int tagBits) throws Exception {
    GCMParameterSpec parameters = new GCMParameterSpec(tagBits, ProviderFixture.bytes(12));
    Cipher ours = gcm();
    ours.init(Cipher.ENCRYPT_MODE, key, parameters);
    Cipher jdk = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    jdk.init(Cipher.ENCRYPT_MODE, inSoftware, parameters);
    byte[] plaintext = ProviderFixture.bytes(33);
    byte[] ciphertext = jdk.doFinal(plaintext);
    assertThat(ours.doFinal(plaintext)).isEqualTo(ciphertext);
    ours.init(Cipher.DECRYPT_MODE, key, parameters);
    assertThat(ours.doFinal(ciphertext)).isEqualTo(plaintext);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 32, 64, 95, 97, 100, 129, 136})
  void tag_ofAnotherLength_isRefused(int tagBits) throws Exception {
    Cipher cipher = gcm();
    GCMParameterSpec parameters = new GCMParameterSpec(tagBits, new byte[12]);
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, key, parameters))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("128")
        .hasMessageContaining("got " + tagBits);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 257})
  void iv_ofAnImpossibleLength_isRefused(int bytes) throws Exception {
    Cipher cipher = gcm();
    GCMParameterSpec parameters = new GCMParameterSpec(128, new byte[bytes]);
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, key, parameters))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("got " + bytes);
  }

  @Test
  void parameters_ofAnotherKind_areRefused() throws Exception {
    Cipher cipher = gcm();
    assertThatThrownBy(
            () -> cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[12])))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("GCMParameterSpec");
    AlgorithmParameters cbc = AlgorithmParameters.getInstance("AES");
    cbc.init(new IvParameterSpec(new byte[16]));
    assertThatThrownBy(() -> cipher.init(Cipher.DECRYPT_MODE, key, cbc))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("GCMParameterSpec");
  }

  @Test
  void decryption_withoutParameters_isRefused() throws Exception {
    Cipher cipher = gcm();
    assertThatThrownBy(() -> cipher.init(Cipher.DECRYPT_MODE, key))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("IV");
  }

  @Test
  void iv_usedTwiceForEncryption_isRefused() throws Exception {
    GCMParameterSpec parameters = new GCMParameterSpec(128, ProviderFixture.bytes(12));
    Cipher cipher = gcm();
    cipher.init(Cipher.ENCRYPT_MODE, key, parameters);
    cipher.doFinal(new byte[1]);
    assertThatThrownBy(() -> cipher.doFinal(new byte[1]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("init");
    assertThatThrownBy(() -> cipher.updateAAD(new byte[1]))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, key, parameters))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("another IV");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    assertThat(cipher.doFinal(new byte[1])).hasSize(17);
  }

  @Test
  void decryption_twiceAfterOneInit_works() throws Exception {
    Cipher cipher = gcm();
    byte[] ciphertext = encrypt(cipher, new byte[5]);
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, cipher.getIV()));
    assertThat(cipher.doFinal(ciphertext)).isEqualTo(new byte[5]);
    assertThat(cipher.doFinal(ciphertext)).isEqualTo(new byte[5]);
  }

  @Test
  void ciphertext_changedAnywhere_isABadTag() throws Exception {
    Cipher cipher = gcm();
    byte[] ciphertext = encrypt(cipher, new byte[20]);
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, cipher.getIV()));
    for (int at = 0; at < ciphertext.length; at++) {
      byte[] changed = ciphertext.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> cipher.doFinal(changed)).isInstanceOf(AEADBadTagException.class);
    }
    cipher.updateAAD(new byte[1]);
    assertThatThrownBy(() -> cipher.doFinal(ciphertext)).isInstanceOf(AEADBadTagException.class);
    assertThat(cipher.doFinal(ciphertext)).isEqualTo(new byte[20]);
  }

  @Test
  @Difference("gcm-empty-ciphertext")
  void ciphertext_cutShort_isABadTag() throws Exception {
    Cipher cipher = gcm();
    byte[] ciphertext = encrypt(cipher, new byte[4]);
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, cipher.getIV()));
    assertThatThrownBy(cipher::doFinal).isInstanceOf(AEADBadTagException.class);
    for (int length = 0; length < ciphertext.length; length++) {
      byte[] cut = Arrays.copyOf(ciphertext, length);
      assertThatThrownBy(() -> cipher.doFinal(cut)).isInstanceOf(AEADBadTagException.class);
    }
  }

  @Test
  void additionalData_afterText_isRefused() throws Exception {
    Cipher cipher = gcm();
    cipher.init(Cipher.ENCRYPT_MODE, key);
    cipher.update(new byte[1]);
    assertThatThrownBy(() -> cipher.updateAAD(new byte[1]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("before update");
  }

  @Test
  @Difference("software-keys-refused")
  void key_inSoftware_isRefusedWithWhatToDo() throws Exception {
    Cipher cipher = gcm();
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, inSoftware))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("SecretKeySpec")
        .hasMessageContaining("key store HSM");
  }

  @Test
  void key_none_isRefused() throws Exception {
    Cipher cipher = gcm();
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, (SecretKey) null))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> cipher.doFinal(new byte[1])).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void key_ofAnotherFamily_isRefused() throws Exception {
    SecretKey hmac = KeyGenerator.getInstance("HmacSHA256", fixture.provider).generateKey();
    Cipher cipher = gcm();
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, hmac))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("SECRET")
        .hasMessageContaining("AES");
  }

  @Test
  void key_withoutTheUsage_isRefused() throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES", fixture.provider);
    generator.init(HsmKeySpec.session(fixture.label()).withUsages(KeyUsage.DECRYPT));
    SecretKey decryptOnly = generator.generateKey();
    Cipher cipher = gcm();
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, decryptOnly))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("[DECRYPT]")
        .hasMessageContaining("wants ENCRYPT");
  }

  @Test
  @Difference("gcm-fixed-length-names")
  void transformation_withAKeyLength_takesStoredKeysOfThatLengthOnly() throws Exception {
    Cipher cipher = Cipher.getInstance("AES_256/GCM/NoPadding", fixture.provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    assertThat(cipher.doFinal(new byte[1])).hasSize(17);
    Cipher shorter = Cipher.getInstance("AES_128/GCM/NoPadding", fixture.provider);
    assertThatThrownBy(() -> shorter.init(Cipher.ENCRYPT_MODE, key))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("256")
        .hasMessageContaining("128");
  }

  @Test
  @Difference("input-limit")
  void input_beyondTheLimit_isRefusedBeforeItIsKept() throws Exception {
    Cipher cipher = gcm();
    cipher.init(Cipher.ENCRYPT_MODE, key);
    byte[] large = new byte[(16 << 20) + 1];
    assertThatThrownBy(() -> cipher.update(large))
        .isInstanceOf(ProviderException.class)
        .hasMessageContaining("16777216")
        .hasMessageContaining("envelope");
    assertThat(cipher.doFinal(new byte[3])).hasSize(19);
  }

  @Test
  @Difference("software-keys-fall-through")
  void cipher_withoutAProviderNamed_takesEachKeyWhereItBelongs() throws Exception {
    java.security.Security.insertProviderAt(fixture.provider, 1);
    try {
      Cipher software = Cipher.getInstance("AES/GCM/NoPadding");
      software.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES"));
      assertThat(software.getProvider().getName()).isEqualTo("SunJCE");
      Cipher hardware = Cipher.getInstance("AES/GCM/NoPadding");
      hardware.init(Cipher.ENCRYPT_MODE, key);
      assertThat(hardware.getProvider()).isSameAs(fixture.provider);
    } finally {
      java.security.Security.removeProvider(HsmProvider.NAME);
    }
  }
}
