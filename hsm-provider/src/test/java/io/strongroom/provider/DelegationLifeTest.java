package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.pkcs11.Disturbance;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.file.Files;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.security.ProviderException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long SunPKCS11 lives beside the provider, and that neither gets in the other's way. */
@ExtendWith(SoftHsmExtension.class)
class DelegationLifeTest {

  private static byte[] encrypt(HsmProvider provider, SecretKey key) throws Exception {
    Cipher cipher = Cipher.getInstance(key.getAlgorithm() + "/ECB/PKCS5Padding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher.doFinal(new byte[5]);
  }

  @ParameterizedTest
  @EnumSource(Disturbance.class)
  @Difference("delegated-survives-lost-sessions")
  void provider_afterDisturbance_goesOnWithoutANewOne(Disturbance disturbance, SoftHsmToken token)
      throws Exception {
    try (HsmProvider provider = new HsmProvider().configure(token.url())) {
      SecretKey own = KeyGenerator.getInstance("AES", provider).generateKey();
      SecretKey before = KeyGenerator.getInstance("DESede", provider).generateKey();
      Cipher used = Cipher.getInstance("DESede/ECB/PKCS5Padding", provider);
      used.init(Cipher.ENCRYPT_MODE, before);

      disturbance.happenTo(token.url());

      SecretKey after = KeyGenerator.getInstance("DESede", provider).generateKey();
      assertThat(encrypt(provider, after)).hasSize(8);
      // Session keys are gone with their session, as the provider's own are.
      assertThatThrownBy(() -> used.doFinal(new byte[3]))
          .isInstanceOf(ProviderException.class)
          .hasMessageContaining("session key");
      assertThatThrownBy(() -> used.init(Cipher.ENCRYPT_MODE, before))
          .isInstanceOf(InvalidKeyException.class)
          .hasMessageContaining("session key");
      used.init(Cipher.ENCRYPT_MODE, after);
      assertThat(used.doFinal(new byte[3])).hasSize(8);
      assertThat(own.getEncoded()).isNull();
    }
  }

  @Test
  void login_isTheProvidersOwn_soThatNoPinIsRead(SoftHsmToken token) throws Exception {
    try (HsmProvider provider = new HsmProvider().configure(token.url())) {
      String pin = Files.readString(token.userPin());
      Files.writeString(token.userPin(), "wrong");
      SecretKey key = KeyGenerator.getInstance("DESede", provider).generateKey();
      assertThat(encrypt(provider, key)).hasSize(8);
      Files.writeString(token.userPin(), pin);
    }
  }

  @Test
  void close_endsTheDelegateToo_andAnotherProviderOpensTheSameToken(SoftHsmToken token)
      throws Exception {
    byte[] ciphertext;
    for (int i = 0; i < 3; i++) {
      HsmProvider provider = new HsmProvider().configure(token.url());
      SecretKey key = KeyGenerator.getInstance("DESede", provider).generateKey();
      ciphertext = encrypt(provider, key);
      assertThat(ciphertext).hasSize(8);
      provider.close();
      assertThatThrownBy(() -> encrypt(provider, key)).isInstanceOf(ProviderException.class);
      assertThatThrownBy(() -> KeyGenerator.getInstance("DESede", provider).generateKey())
          .isInstanceOf(ProviderException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void close_ofTheLast_endsTheLogin(SoftHsmToken token) throws Exception {
    HsmProvider provider = new HsmProvider().configure(token.url());
    SecretKey key = KeyGenerator.getInstance("DESede", provider).generateKey();
    provider.close();
    // A login that still stood would make this one succeed whatever its PIN.
    String pin = Files.readString(token.userPin());
    Files.writeString(token.userPin(), "wrong-pin");
    try {
      assertThatThrownBy(() -> new HsmProvider().configure(token.url()))
          .isInstanceOf(ProviderException.class)
          .hasMessageContaining("CKR_PIN_INCORRECT");
    } finally {
      Files.writeString(token.userPin(), pin);
    }
    assertThat(key.getEncoded()).isNull();
  }

  @Test
  void providers_overSeveralTokens_haveADelegateEach(SoftHsmToken token) throws Exception {
    String second = token.withOwnLibrary().url();
    try (HsmProvider one = new HsmProvider().configure(token.url());
        HsmProvider same = new HsmProvider().configure(token.url());
        HsmProvider other = new HsmProvider().configure(second)) {
      List<SecretKey> keys = new ArrayList<>();
      for (HsmProvider provider : List.of(one, same, other)) {
        SecretKey key = KeyGenerator.getInstance("DESede", provider).generateKey();
        assertThat(encrypt(provider, key)).hasSize(8);
        keys.add(key);
      }
      assertThatThrownBy(() -> encrypt(same, keys.getFirst()))
          .isInstanceOf(InvalidKeyException.class);
      one.close();
      assertThat(encrypt(same, keys.get(1))).hasSize(8);
      assertThat(encrypt(other, keys.get(2))).hasSize(8);
      SecretKey own = KeyGenerator.getInstance("AES", same).generateKey();
      assertThat(same.describe(own).session()).isTrue();
    }
  }

  @Test
  void services_overAnHsmThatIsNoToken_areOwnOnly(SoftHsmToken token) {
    try (Hsm hsm = Hsm.open(token.url())) {
      Hsm notAToken =
          (Hsm)
              java.lang.reflect.Proxy.newProxyInstance(
                  Hsm.class.getClassLoader(),
                  new Class<?>[] {Hsm.class},
                  (_, method, arguments) -> method.invoke(hsm, arguments));
      assertThat(HsmProvider.over(notAToken).getServices())
          .isNotEmpty()
          .noneMatch(service -> service.getAttribute("Delegated") != null);
      assertThat(HsmProvider.over(hsm).getServices())
          .anyMatch(service -> service.getAttribute("Delegated") != null);
    }
  }

  @Test
  void threads_32_shareOneDelegate(SoftHsmToken token) throws Exception {
    try (HsmProvider provider = new HsmProvider().configure(token.url());
        ExecutorService threads = Executors.newFixedThreadPool(32)) {
      SecretKey key = KeyGenerator.getInstance("DESede", provider).generateKey();
      byte[] wanted = encrypt(provider, key);
      List<Future<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < 320; i++) {
        answers.add(threads.submit(() -> encrypt(provider, key)));
      }
      for (Future<byte[]> answer : answers) {
        assertThat(answer.get()).isEqualTo(wanted);
      }
    }
  }

  @Test
  void delegate_isMadeAtFirstUseOnly(SoftHsmToken token) throws IOException {
    try (HsmProvider provider = new HsmProvider().configure(token.url())) {
      Provider.Service service =
          Objects.requireNonNull(provider.getService("KeyGenerator", "DESede"));
      assertThat(service.getAttribute("Delegated")).isEqualTo("SunPKCS11");
    }
    // Had SunPKCS11 been there, the library would have been kept, with its environment.
    String moved =
        token.url().replace("&x-env=SOFTHSM2_CONF=", "&x-env=OTHER=1&x-env=SOFTHSM2_CONF=");
    new HsmProvider().configure(moved).close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void staleKeys_collectedAfterTheLibraryWasRestarted_destroyNobodysKeys(
      boolean ofTheOneThatRestarts, SoftHsmToken token) throws Exception {
    try (Hsm hsm = Hsm.open(token.url());
        HsmProvider provider =
            ofTheOneThatRestarts
                ? HsmProvider.over(hsm)
                : new HsmProvider().configure(token.url())) {
      for (int i = 0; i < 20; i++) {
        KeyGenerator.getInstance("DESede", provider).generateKey();
      }
      Disturbance.LIBRARY_FINALISED.happenTo(token.url());
      // Twenty keys that get the handles that the others had.
      List<KeyInfo> made = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        KeyId id = new KeyId(i, 7);
        made.add(hsm.create(KeySpec.of(id, "key-" + i, KeyType.AES_256)));
      }
      System.gc();
      // SunPKCS11 looks once a second for what was collected; its next round frees what this did.
      ReferenceQueue<Object> collected = new ReferenceQueue<>();
      PhantomReference<Object> sentinel = new PhantomReference<>(new Object(), collected);
      Awaitility.await()
          .pollDelay(Duration.ofMillis(2500))
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            System.gc();
            return collected.poll() == sentinel;
          });
      assertThat(hsm.keys()).containsExactlyInAnyOrderElementsOf(made);
    }
  }
}
