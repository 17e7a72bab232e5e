package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidKeySpecException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.DESedeKeySpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each algorithm that is left to SunPKCS11, both ways against the JDK's software. */
@ExtendWith(SoftHsmExtension.class)
class DelegationTest {

  private static HsmProvider provider;

  @BeforeAll
  static void open(SoftHsmToken token) {
    provider = new HsmProvider().configure(token.url());
  }

  @AfterAll
  static void close() {
    provider.close();
  }

  private record Pair(SecretKey inHsm, SecretKey inSoftware) {}

  private static Pair imported() throws Exception {
    byte[] value = KeyGenerator.getInstance("DESede", "SunJCE").generateKey().getEncoded();
    SecretKeyFactory factory = SecretKeyFactory.getInstance("DESede", provider);
    SecretKey key = factory.generateSecret(new DESedeKeySpec(value));
    return new Pair(key, new SecretKeySpec(value, "DESede"));
  }

  private static @Nullable AlgorithmParameterSpec iv(String transformation) {
    return transformation.contains("CBC")
        ? new IvParameterSpec(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})
        : null;
  }

  private static Cipher cipher(String transformation, int mode, SecretKey key) throws Exception {
    Cipher cipher = Cipher.getInstance(transformation, provider);
    cipher.init(mode, key, iv(transformation));
    return cipher;
  }

  @ParameterizedTest
  @CsvSource({
    "DESede/CBC/NoPadding, 800",
    "DESede/CBC/NoPadding, 0",
    "DESede/CBC/PKCS5Padding, 1001",
    "DESede/CBC/PKCS5Padding, 0",
    "DESede/ECB/NoPadding, 16",
    "DESede/ECB/PKCS5Padding, 15"
  })
  void des_bothWays_agreesWithSoftware(String transformation, int size) throws Exception {
    Pair keys = imported();
    byte[] plaintext = ProviderFixture.bytes(size);
    Cipher software = Cipher.getInstance(transformation, "SunJCE");
    software.init(Cipher.ENCRYPT_MODE, keys.inSoftware(), iv(transformation));
    byte[] ciphertext = software.doFinal(plaintext);

    Cipher encrypting = cipher(transformation, Cipher.ENCRYPT_MODE, keys.inHsm());
    encrypting.update(plaintext, 0, size / 2);
    assertThat(encrypting.doFinal(plaintext, size / 2, size - size / 2)).isEqualTo(ciphertext);
    assertThat(encrypting.doFinal(plaintext)).as("again").isEqualTo(ciphertext);
    Cipher decrypting = cipher(transformation, Cipher.DECRYPT_MODE, keys.inHsm());
    assertThat(decrypting.doFinal(ciphertext)).isEqualTo(plaintext);
  }

  @Test
  void generatedKey_drawsAnIvAndComesBack() throws Exception {
    SecretKey key = KeyGenerator.getInstance("DESede", provider).generateKey();
    Cipher cipher = Cipher.getInstance("DESede/CBC/PKCS5Padding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    byte[] ciphertext = cipher.doFinal(new byte[20]);
    cipher.init(Cipher.DECRYPT_MODE, key, cipher.getParameters());
    assertThat(cipher.doFinal(ciphertext)).isEqualTo(new byte[20]);
    assertThat(key.getAlgorithm()).isEqualTo("DESede");
  }

  @Test
  @Difference("delegated-keys-stay-inside")
  void keys_areSensitiveAndDoNotComeOut() throws Exception {
    for (SecretKey key :
        new SecretKey[] {
          imported().inHsm(), KeyGenerator.getInstance("HmacMD5", provider).generateKey()
        }) {
      assertThat(key.getEncoded()).isNull();
      assertThat(key.getFormat()).isNull();
    }
    KeyPair pair = KeyPairGenerator.getInstance("DSA", provider).generateKeyPair();
    assertThat(pair.getPrivate().getEncoded()).isNull();
    SecretKeyFactory factory = SecretKeyFactory.getInstance("DESede", provider);
    SecretKey key = imported().inHsm();
    assertThatThrownBy(() -> factory.getKeySpec(key, DESedeKeySpec.class))
        .isInstanceOf(InvalidKeySpecException.class);
  }

  @Test
  @Difference("delegated-des-one-shot")
  void des_afterEveryWrongInput_worksOn() throws Exception {
    Pair keys = imported();
    byte[] good =
        cipher("DESede/CBC/PKCS5Padding", Cipher.ENCRYPT_MODE, keys.inHsm()).doFinal(new byte[20]);
    byte[] unpadded =
        cipher("DESede/CBC/NoPadding", Cipher.ENCRYPT_MODE, keys.inHsm()).doFinal(new byte[16]);
    for (int i = 0; i < 20; i++) {
      Cipher cipher = cipher("DESede/CBC/PKCS5Padding", Cipher.DECRYPT_MODE, keys.inHsm());
      assertThatThrownBy(() -> cipher.doFinal(new byte[0]))
          .isInstanceOf(IllegalBlockSizeException.class);
      assertThatThrownBy(() -> cipher.doFinal(new byte[7]))
          .isInstanceOf(IllegalBlockSizeException.class);
      assertThatThrownBy(() -> cipher.doFinal(unpadded)).isInstanceOf(BadPaddingException.class);
      byte[] small = new byte[3];
      assertThatThrownBy(() -> cipher.doFinal(good, 0, good.length, small))
          .isInstanceOf(ShortBufferException.class);
      assertThat(cipher.doFinal(good)).isEqualTo(new byte[20]);
    }
  }

  @Test
  void hmacMd5_givenInPiecesOrAtOnce_isTheSame() throws Exception {
    SecretKey key = KeyGenerator.getInstance("HmacMD5", provider).generateKey();
    Mac mac = Mac.getInstance("HmacMD5", provider);
    mac.init(key);
    mac.update((byte) 1);
    mac.update(new byte[99]);
    byte[] once = mac.doFinal();
    assertThat(once).hasSize(16).hasSize(mac.getMacLength());
    byte[] message = new byte[100];
    message[0] = 1;
    assertThat(mac.doFinal(message)).isEqualTo(once);
    assertThat(mac.doFinal()).hasSize(16).isNotEqualTo(once);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHA1withDSA",
        "SHA224withDSA",
        "SHA256withDSA",
        "SHA384withDSA",
        "SHA512withDSA",
        "NONEwithDSA",
        "SHA1withDSAinP1363Format",
        "SHA224withDSAinP1363Format",
        "SHA256withDSAinP1363Format",
        "SHA384withDSAinP1363Format",
        "SHA512withDSAinP1363Format",
        "NONEwithDSAinP1363Format"
      })
  void dsa_signedInTheToken_verifiesInSoftwareAndHere(String algorithm) throws Exception {
    byte[] message = ProviderFixture.bytes(20);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA", provider);
    generator.initialize(1024);
    KeyPair pair = generator.generateKeyPair();
    Signature signer = Signature.getInstance(algorithm, provider);
    signer.initSign(pair.getPrivate());
    signer.update(message);
    byte[] signed = signer.sign();
    for (Signature verifier :
        new Signature[] {
          Signature.getInstance(algorithm, "SUN"), Signature.getInstance(algorithm, provider)
        }) {
      verifier.initVerify(pair.getPublic());
      verifier.update(message);
      assertThat(verifier.verify(signed)).isTrue();
      verifier.update(ProviderFixture.bytes(20));
      assertThat(verifier.verify(signed)).isFalse();
    }
  }

  @Test
  void dsa_madeBySoftware_verifiesHere() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA", "SUN");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    Signature signer = Signature.getInstance("SHA256withDSA", "SUN");
    signer.initSign(pair.getPrivate());
    signer.update(new byte[5]);
    PublicKey publicKey = pair.getPublic();
    Signature verifier = Signature.getInstance("SHA256withDSA", provider);
    verifier.initVerify(publicKey);
    verifier.update(new byte[5]);
    assertThat(verifier.verify(signer.sign())).isTrue();
  }

  @Test
  @Difference("delegated-software-keys-refused")
  void keysOfOthers_areRefused(SoftHsmToken token) throws Exception {
    SecretKey software = new SecretKeySpec(ProviderFixture.bytes(24), "DESede");
    Cipher cipher = Cipher.getInstance("DESede/CBC/PKCS5Padding", provider);
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, software))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("SecretKeyFactory");
    SecretKey hmac = KeyGenerator.getInstance("HmacMD5", provider).generateKey();
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, hmac))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("DESede");
    SecretKey aes = KeyGenerator.getInstance("AES", provider).generateKey();
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, aes))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, (SecretKey) null))
        .isInstanceOf(InvalidKeyException.class);
    try (HsmProvider other = new HsmProvider().configure(token.url())) {
      SecretKey theirs = KeyGenerator.getInstance("DESede", other).generateKey();
      assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, theirs))
          .isInstanceOf(InvalidKeyException.class);
    }
    Mac mac = Mac.getInstance("HmacMD5", provider);
    assertThatThrownBy(() -> mac.init(software)).isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(mac::doFinal).isInstanceOf(IllegalStateException.class);
    // Without a provider the JDK's own take keys in software, wherever Strongroom stands.
    assertThatCode(() -> Cipher.getInstance("DESede/CBC/PKCS5Padding").init(1, software))
        .doesNotThrowAnyException();
  }

  @Test
  void parameters_thatAreWrong_areRefused() throws Exception {
    SecretKey key = KeyGenerator.getInstance("DESede", provider).generateKey();
    Cipher cipher = Cipher.getInstance("DESede/CBC/PKCS5Padding", provider);
    assertThatThrownBy(() -> cipher.init(Cipher.DECRYPT_MODE, key))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(
            () -> cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[16])))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("16");
    Cipher ecb = Cipher.getInstance("DESede/ECB/NoPadding", provider);
    assertThatThrownBy(() -> ecb.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[8])))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    KeyGenerator generator = KeyGenerator.getInstance("DESede", provider);
    assertThatThrownBy(() -> generator.init(7)).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> generator.init(HsmKeySpec.token("x")))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("session keys");
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("DSA", provider);
    assertThatThrownBy(() -> pairs.initialize(HsmKeySpec.token("x")))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(() -> pairs.initialize(1))
        .isInstanceOf(java.security.InvalidParameterException.class);
    key.destroy();
    assertThat(key.isDestroyed()).isTrue();
    assertThatThrownBy(() -> ecb.init(Cipher.ENCRYPT_MODE, key))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("destroyed");
  }

  @Test
  void delegation_turnedOff_leavesOwnServicesOnly(SoftHsmToken token) throws Exception {
    try (HsmProvider own = new HsmProvider().configure(token.url() + "&x-delegate=no")) {
      assertThat(own.getServices()).noneMatch(s -> s.getAttribute("Delegated") != null);
      assertThatThrownBy(() -> KeyGenerator.getInstance("DESede", own))
          .isInstanceOf(NoSuchAlgorithmException.class);
      assertThatCode(() -> KeyGenerator.getInstance("AES", own).generateKey())
          .doesNotThrowAnyException();
    }
  }

  @Test
  void dsaSignature_null_isRefusedAsOursAre() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("DSA", provider).generateKeyPair();
    Signature signature = Signature.getInstance("SHA256withDSA", provider);
    signature.initVerify(pair.getPublic());
    signature.update(new byte[1]);
    assertThatThrownBy(() -> signature.verify(null))
        .isInstanceOf(SignatureException.class)
        .hasMessageContaining("got null");
  }
}
