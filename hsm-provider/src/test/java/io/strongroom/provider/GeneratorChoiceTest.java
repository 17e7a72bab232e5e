package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKeyFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who asks the JDK's list of providers for a key gets one in software, unless he says otherwise.
 */
@ExtendWith(SoftHsmExtension.class)
class GeneratorChoiceTest {

  private ProviderFixture fixture;

  @BeforeEach
  void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
    Security.insertProviderAt(fixture.provider, 1);
  }

  @AfterEach
  void close() {
    Security.removeProvider(HsmProvider.NAME);
    fixture.close();
  }

  @Test
  @Difference("new-keys-only-on-request")
  void pairs_fromTheFirstProviderOfTheList_areInSoftware() throws Exception {
    KeyPairGenerator bySpec = KeyPairGenerator.getInstance("EC");
    bySpec.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPairGenerator bySize = KeyPairGenerator.getInstance("RSA");
    bySize.initialize(2048);
    KeyPairGenerator byNothing = KeyPairGenerator.getInstance("EC");
    assertInSoftware(bySpec.generateKeyPair().getPrivate());
    assertInSoftware(bySize.generateKeyPair().getPrivate());
    assertInSoftware(byNothing.generateKeyPair().getPrivate());
  }

  @Test
  @Difference("new-keys-only-on-request")
  void secrets_fromTheFirstProviderOfTheList_areInSoftware() throws Exception {
    KeyGenerator bySize = KeyGenerator.getInstance("AES");
    bySize.init(256);
    KeyGenerator byRandom = KeyGenerator.getInstance("HmacSHA256");
    byRandom.init(fixture.random);
    assertInSoftware(bySize.generateKey());
    assertInSoftware(byRandom.generateKey());
    assertInSoftware(KeyGenerator.getInstance("AES").generateKey());
  }

  @Test
  @Difference("new-keys-only-on-request")
  void delegated_fromTheFirstProviderOfTheList_isTheJdks() throws Exception {
    assertThat(SecretKeyFactory.getInstance("DESede").getProvider().getName()).isEqualTo("SunJCE");
    assertInSoftware(KeyGenerator.getInstance("HmacMD5").generateKey());
    assertThat(SecretKeyFactory.getInstance("DESede", fixture.provider).getProvider())
        .isSameAs(fixture.provider);
  }

  @Test
  @Difference("random-only-on-request")
  void random_withoutAName_isTheJdksAndByNameTheHsms() throws Exception {
    assertThat(new SecureRandom().getProvider().getName()).isEqualTo("SUN");
    SecureRandom byName = SecureRandom.getInstance("HSM");
    assertThat(byName.getProvider()).isSameAs(fixture.provider);
    assertThat(SecureRandom.getInstance("hsm", fixture.provider).getAlgorithm()).isEqualTo("hsm");
    assertThat(fixture.provider.getServices())
        .anyMatch(service -> service.getType().equals("SecureRandom"));
  }

  private void assertInSoftware(Key key) {
    assertThat(key.getEncoded()).isNotEmpty();
    assertThat(fixture.hsm.keys()).noneMatch(KeyInfo::session);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, Integer.MAX_VALUE})
  void keys_askedForByAnHsmKeySpec_areInTheHsmWithoutNamingTheProvider(int position)
      throws Exception {
    Security.removeProvider(HsmProvider.NAME);
    Security.insertProviderAt(fixture.provider, position);
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
    pairs.initialize(HsmKeySpec.token("pair").withBits(256));
    KeyGenerator secrets = KeyGenerator.getInstance("AES");
    secrets.init(HsmKeySpec.token("secret"));
    assertThat(fixture.provider.describe(pairs.generateKeyPair().getPrivate()).label())
        .isEqualTo("pair");
    assertThat(fixture.provider.describe(secrets.generateKey()).label()).isEqualTo("secret");
  }

  @Test
  void keys_askedOfTheProviderByNameOrItself_areInTheHsm() throws Exception {
    Key byName = KeyGenerator.getInstance("AES", HsmProvider.NAME).generateKey();
    Key byItself =
        KeyPairGenerator.getInstance("EC", fixture.provider).generateKeyPair().getPrivate();
    assertThat(fixture.provider.describe(byName).session()).isTrue();
    assertThat(fixture.provider.describe(byItself).session()).isTrue();
  }
}
