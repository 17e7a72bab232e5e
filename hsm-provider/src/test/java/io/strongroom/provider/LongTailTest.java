package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Security;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names that SunPKCS11 has besides the usual ones, on our own keys. */
@ExtendWith(SoftHsmExtension.class)
class LongTailTest {

  private static ProviderFixture fixture;
  private static KeyPair rsa;
  private static KeyPair ec;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    rsa = pair("RSA", 2048);
    ec = pair("EC", 384);
  }

  private static KeyPair pair(String family, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(family, fixture.provider);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHA3-224withRSA",
        "SHA3-256withRSA",
        "SHA3-384withRSA",
        "SHA3-512withRSA",
        "SHA3-224withECDSA",
        "SHA3-256withECDSA",
        "SHA3-384withECDSA",
        "SHA3-512withECDSA",
        "SHA3-224withECDSAinP1363Format",
        "SHA3-256withECDSAinP1363Format",
        "SHA3-384withECDSAinP1363Format",
        "SHA3-512withECDSAinP1363Format"
      })
  void sha3_signedHere_verifiesInSoftwareAndHere(String algorithm) throws Exception {
    KeyPair pair = algorithm.contains("RSA") && !algorithm.contains("EC") ? rsa : ec;
    byte[] message = ProviderFixture.bytes(1000);
    Signature signer = Signature.getInstance(algorithm, fixture.provider);
    signer.initSign(pair.getPrivate());
    signer.update(message);
    byte[] signed = signer.sign();
    for (Signature verifier :
        new Signature[] {
          Signature.getInstance(algorithm, pair == rsa ? "SunRsaSign" : "SunEC"),
          Signature.getInstance(algorithm, fixture.provider)
        }) {
      verifier.initVerify(pair.getPublic());
      verifier.update(message);
      assertThat(verifier.verify(signed)).isTrue();
      signed[signed.length - 1] ^= 1;
      verifier.update(message);
      assertThat(verifier.verify(signed)).isFalse();
      signed[signed.length - 1] ^= 1;
    }
  }

  @Test
  void sha3WithRsa_verifiesInBouncyCastleToo() throws Exception {
    Signature signer = Signature.getInstance("SHA3-256withRSA", fixture.provider);
    signer.initSign(rsa.getPrivate());
    signer.update(new byte[3]);
    Signature verifier = Signature.getInstance("SHA3-256withRSA", new BouncyCastleProvider());
    verifier.initVerify(rsa.getPublic());
    verifier.update(new byte[3]);
    assertThat(verifier.verify(signer.sign())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"SHA1, 20", "SHA224, 28", "SHA256, 32", "SHA384, 48", "SHA512, 64"})
  void pss_byName_hasTheParametersOfItsName(String hash, int saltBytes) throws Exception {
    byte[] message = ProviderFixture.bytes(100);
    String algorithm = hash + "withRSASSA-PSS";
    Signature signer = Signature.getInstance(algorithm, fixture.provider);
    signer.initSign(rsa.getPrivate());
    signer.update(message);
    byte[] signed = signer.sign();
    String digest = hash.replace("SHA", "SHA-");
    Signature software = Signature.getInstance("RSASSA-PSS", "SunRsaSign");
    software.setParameter(
        new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), saltBytes, 1));
    Signature ours = Signature.getInstance(algorithm, fixture.provider);
    for (Signature verifier : new Signature[] {software, ours}) {
      verifier.initVerify(rsa.getPublic());
      verifier.update(message);
      assertThat(verifier.verify(signed)).isTrue();
    }
    assertThat(ours.getParameters().getParameterSpec(PSSParameterSpec.class).getSaltLength())
        .isEqualTo(saltBytes);
  }

  @Test
  void pss_byNameWithAnotherHash_isRefused() throws Exception {
    Signature signer = Signature.getInstance("SHA256withRSASSA-PSS", fixture.provider);
    AlgorithmParameterSpec other =
        new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);
    assertThatThrownBy(() -> signer.setParameter(other))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("SHA-256");
    signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 20, 1));
    signer.initSign(rsa.getPrivate());
    assertThat(signer.sign()).hasSize(256);
  }

  @ParameterizedTest
  @CsvSource({"AES_128, 16", "AES_192, 24", "AES_256, 32"})
  void aes_ofFixedLength_agreesAndRefusesOthers(String name, int keyBytes) throws Exception {
    ProviderFixture.KnownKey key = fixture.aes(ProviderFixture.bytes(keyBytes));
    byte[] plaintext = ProviderFixture.bytes(48);
    for (String mode : new String[] {"/CBC/NoPadding", "/ECB/NoPadding"}) {
      AlgorithmParameterSpec iv =
          mode.contains("CBC") ? new IvParameterSpec(ProviderFixture.bytes(16)) : null;
      Cipher software = Cipher.getInstance("AES" + mode, "SunJCE");
      software.init(Cipher.ENCRYPT_MODE, key.inSoftware(), iv);
      Cipher ours = Cipher.getInstance(name + mode, fixture.provider);
      ours.init(Cipher.ENCRYPT_MODE, key.inHsm(), iv);
      assertThat(ours.doFinal(plaintext)).isEqualTo(software.doFinal(plaintext));
      ProviderFixture.KnownKey other = fixture.aes(ProviderFixture.bytes(keyBytes == 16 ? 32 : 16));
      assertThatThrownBy(() -> ours.init(Cipher.ENCRYPT_MODE, other.inHsm(), iv))
          .isInstanceOf(InvalidKeyException.class)
          .hasMessageContaining("wants " + 8 * keyBytes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 1000})
  void ecbPadded_bothWays_agrees(int size) throws Exception {
    ProviderFixture.KnownKey key = fixture.aes256();
    byte[] plaintext = ProviderFixture.bytes(size);
    Cipher software = Cipher.getInstance("AES/ECB/PKCS5Padding", "SunJCE");
    software.init(Cipher.ENCRYPT_MODE, key.inSoftware());
    byte[] ciphertext = software.doFinal(plaintext);
    Cipher ours = Cipher.getInstance("AES/ECB/PKCS5Padding", fixture.provider);
    ours.init(Cipher.ENCRYPT_MODE, key.inHsm());
    assertThat(ours.doFinal(plaintext)).isEqualTo(ciphertext);
    assertThat(ours.getIV()).isNull();
    ours.init(Cipher.DECRYPT_MODE, key.inHsm());
    assertThat(ours.doFinal(ciphertext)).isEqualTo(plaintext);
  }

  @Test
  void ecbPadded_thatIsCutOrChanged_isRefused() throws Exception {
    ProviderFixture.KnownKey key = fixture.aes256();
    Cipher unpadded = Cipher.getInstance("AES/ECB/NoPadding", fixture.provider);
    unpadded.init(Cipher.ENCRYPT_MODE, key.inHsm());
    byte[] zeros = unpadded.doFinal(new byte[16]);
    Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding", fixture.provider);
    cipher.init(Cipher.DECRYPT_MODE, key.inHsm());
    assertThatThrownBy(() -> cipher.doFinal(zeros)).isInstanceOf(BadPaddingException.class);
    assertThatThrownBy(() -> cipher.doFinal(zeros, 0, 15))
        .isInstanceOf(IllegalBlockSizeException.class);
    assertThatThrownBy(cipher::doFinal).isInstanceOf(IllegalBlockSizeException.class);
  }

  @Test
  @Difference("no-digests")
  void provider_thatIsFirst_leavesDigestsToTheJdk() throws Exception {
    Security.insertProviderAt(fixture.provider, 1);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      assertThat(digest.getProvider().getName()).isNotEqualTo("Strongroom");
      Signature signer = Signature.getInstance("SHA256withRSA");
      signer.initSign(rsa.getPrivate());
      assertThat(signer.getProvider().getName()).isEqualTo("Strongroom");
      assertThat(signer.sign()).hasSize(256);
    } finally {
      Security.removeProvider("Strongroom");
    }
  }
}
