package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.util.ServiceLoader;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class HsmProviderTest {

  @Test
  void provider_byTheServiceLoader_isFound() {
    assertThat(ServiceLoader.load(Provider.class))
        .filteredOn(provider -> provider.getName().equals("Strongroom"))
        .singleElement()
        .isInstanceOf(HsmProvider.class);
  }

  @Test
  void provider_notConfigured_hasNoServicesAndSaysSo() {
    HsmProvider provider = new HsmProvider();
    assertThat(provider.isConfigured()).isFalse();
    assertThat(provider.getServices()).isEmpty();
    assertThat(provider.getInfo()).contains("configure");
    assertThatThrownBy(() -> Cipher.getInstance("AES/GCM/NoPadding", provider))
        .isInstanceOf(NoSuchAlgorithmException.class);
    assertThatThrownBy(() -> provider.key(new io.strongroom.hsm.KeyId(1, 2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("configure");
    provider.close();
  }

  @Test
  void configure_returnsAProviderAndLeavesTheFirstAlone(SoftHsmToken token) throws Exception {
    HsmProvider blank = new HsmProvider();
    try (HsmProvider provider = blank.configure(token.url())) {
      assertThat(provider.isConfigured()).isTrue();
      assertThat(provider.getInfo()).contains("test");
      assertThat(blank.isConfigured()).isFalse();
      SecretKey key = KeyGenerator.getInstance("AES", provider).generateKey();
      assertThat(provider.describe(key).locations()).containsExactly("test");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pkcs11", "pkcs12:token=a", "pkcs11:nonsense=1?pin-source=file:/x"})
  void configure_withAWrongUrl_isRefused(String url) {
    HsmProvider provider = new HsmProvider();
    assertThatThrownBy(() -> provider.configure(url)).isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void configure_withoutSuchAToken_isRefused(SoftHsmToken token) {
    HsmProvider provider = new HsmProvider();
    String url = token.url().replace("token=test", "token=other");
    assertThatThrownBy(() -> provider.configure(url))
        .isInstanceOf(ProviderException.class)
        .hasMessageContaining("other");
  }

  @Test
  @Difference("device-faults-are-not-tampering")
  void use_afterClose_isAProviderExceptionNotABadTag(SoftHsmToken token) throws Exception {
    HsmProvider provider = new HsmProvider().configure(token.url());
    SecretKey key = KeyGenerator.getInstance("AES", provider).generateKey();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    byte[] ciphertext = cipher.doFinal(new byte[3]);
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, cipher.getIV()));
    provider.close();
    provider.close();
    assertThatThrownBy(() -> cipher.doFinal(ciphertext))
        .isInstanceOf(ProviderException.class)
        .isNotInstanceOf(AEADBadTagException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, key))
        .isInstanceOf(ProviderException.class);
    assertThatThrownBy(
            () -> cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES")))
        .isInstanceOf(InvalidKeyException.class);
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    assertThatThrownBy(generator::generateKey).isInstanceOf(ProviderException.class);
  }

  @Test
  void over_anOpenHsm_leavesItOpenOnClose(SoftHsmToken token) {
    try (Hsm hsm = Hsm.open(token.url())) {
      HsmProvider.over(hsm).close();
      assertThat(hsm.random(4)).hasSize(4);
    }
  }

  @Test
  void key_ofAnotherProvider_isRefused(SoftHsmToken token) throws Exception {
    try (HsmProvider one = new HsmProvider().configure(token.url());
        HsmProvider two = new HsmProvider().configure(token.url())) {
      SecretKey key = KeyGenerator.getInstance("AES", one).generateKey();
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", two);
      assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, key))
          .isInstanceOf(InvalidKeyException.class)
          .hasMessageContaining("another Strongroom provider");
    }
  }

  @Test
  void providers_overOneHsm_shareTheirKeys(SoftHsmToken token) throws Exception {
    try (Hsm hsm = Hsm.open(token.url())) {
      SecretKey key = KeyGenerator.getInstance("AES", HsmProvider.over(hsm)).generateKey();
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", HsmProvider.over(hsm));
      cipher.init(Cipher.ENCRYPT_MODE, key);
      assertThat(cipher.doFinal(new byte[1])).hasSize(17);
    }
  }
}
