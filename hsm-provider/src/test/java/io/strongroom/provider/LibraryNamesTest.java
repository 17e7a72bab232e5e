package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of algorithms that libraries ask a provider for beside the JDK's. */
@ExtendWith(SoftHsmExtension.class)
class LibraryNamesTest {

  private static final byte[] MESSAGE = {1, 2, 3};

  private static ProviderFixture fixture;
  private static KeyPair pair;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", fixture.provider);
    generator.initialize(
        HsmKeySpec.token("rsa")
            .withBits(2048)
            .withUsages(KeyUsage.SIGN, KeyUsage.VERIFY, KeyUsage.DECRYPT, KeyUsage.ENCRYPT));
    pair = generator.generateKeyPair();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({
    "SHA256withRSAandMGF1, SHA-256, 32",
    "SHA256WITHRSASSA-PSS, SHA-256, 32",
    "SHA256withRSA/PSS, SHA-256, 32",
    "SHA1withRSAandMGF1, SHA-1, 20",
    "SHA224withRSAandMGF1, SHA-224, 28",
    "SHA384withRSAandMGF1, SHA-384, 48",
    "SHA512withRSAandMGF1, SHA-512, 64"
  })
  void pss_underANameWithItsDigest_needsNoParameters(String name, String digest, int saltBytes)
      throws Exception {
    Signature signature = Signature.getInstance(name, fixture.provider);
    signature.initSign(pair.getPrivate());
    signature.update(MESSAGE);
    byte[] signed = signature.sign();
    Signature software = Signature.getInstance("RSASSA-PSS", "SunRsaSign");
    software.setParameter(parameters(digest, saltBytes));
    software.initVerify(pair.getPublic());
    software.update(MESSAGE);
    assertThat(software.verify(signed)).isTrue();
    signature.initVerify(pair.getPublic());
    signature.update(MESSAGE);
    assertThat(signature.verify(signed)).isTrue();
    assertThat(signature.getParameters().getParameterSpec(PSSParameterSpec.class).getSaltLength())
        .isEqualTo(saltBytes);
  }

  @Test
  void pss_underANameWithItsDigest_takesAnotherSaltButNoOtherDigest() throws Exception {
    Signature signature = Signature.getInstance("SHA256withRSAandMGF1", fixture.provider);
    signature.setParameter(parameters("SHA-256", 20));
    signature.initSign(pair.getPrivate());
    signature.update(MESSAGE);
    assertThat(signature.sign()).hasSize(256);
    assertThatThrownBy(() -> signature.setParameter(parameters("SHA-384", 48)))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("the hash function is SHA-256, got SHA-384");
  }

  @Test
  void rsaCipher_withoutModeAndPadding_isPkcs1() throws Exception {
    Cipher software = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
    software.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    Cipher cipher = Cipher.getInstance("RSA", fixture.provider);
    cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate());
    assertThat(cipher.doFinal(software.doFinal(MESSAGE))).isEqualTo(MESSAGE);
  }

  private static PSSParameterSpec parameters(String digest, int saltBytes) {
    return new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), saltBytes, 1);
  }
}
