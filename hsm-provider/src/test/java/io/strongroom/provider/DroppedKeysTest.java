package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.lang.ref.Reference;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of session keys that an application no longer has. */
@ExtendWith(SoftHsmExtension.class)
class DroppedKeysTest {

  private static ProviderFixture fixture;

  @BeforeAll
  static void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  @Difference("session-keys-are-destroyed")
  void unnamedSessionKeys_dropped_areDestroyedAndOthersStay() throws Exception {
    SecretKey held = aes().generateKey();
    KeyId named = id(aes(HsmKeySpec.session(fixture.label())).generateKey());
    KeyId kept = id(kept(aes().generateKey()));
    List<KeyId> dropped = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      dropped.add(id(aes().generateKey()));
    }
    dropped.add(id(KeyPairGenerator.getInstance("EC", fixture.provider).generateKeyPair()));
    awaitGone(dropped);
    assertThat(ids()).contains(id(held), named, kept);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", fixture.provider);
    cipher.init(Cipher.ENCRYPT_MODE, held);
    assertThat(cipher.doFinal(new byte[1])).hasSize(17);
    fixture.hsm.destroy(named);
  }

  @Test
  void unnamedSessionKey_foundASecondTime_staysAsLongAsOneObjectDoes() throws Exception {
    SecretKey first = aes().generateKey();
    KeyId id = id(first);
    Key second = fixture.provider.key(id);
    first = aes().generateKey();
    KeyId other = id(first);
    first = null;
    awaitGone(List.of(other));
    assertThat(ids()).contains(id);
    Reference.reachabilityFence(second);
    second = null;
    awaitGone(List.of(id));
  }

  @Test
  void unnamedSessionKey_usedByAnEngineAlone_stays() throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", fixture.provider);
    cipher.init(Cipher.ENCRYPT_MODE, aes().generateKey());
    awaitGone(List.of(id(aes().generateKey())));
    assertThat(cipher.doFinal(new byte[1])).hasSize(17);
  }

  private static KeyGenerator aes() throws Exception {
    return KeyGenerator.getInstance("AES", fixture.provider);
  }

  private static KeyGenerator aes(HsmKeySpec spec) throws Exception {
    KeyGenerator generator = aes();
    generator.init(spec);
    return generator;
  }

  private static SecretKey kept(SecretKey key) throws Exception {
    KeyStore store = KeyStore.getInstance("HSM", fixture.provider);
    store.load(null, null);
    store.setKeyEntry(fixture.label(), key, null, null);
    return key;
  }

  private static KeyId id(Key key) throws Exception {
    return fixture.provider.describe(key).id();
  }

  private static KeyId id(KeyPair pair) throws Exception {
    return id(pair.getPrivate());
  }

  private static List<KeyId> ids() {
    return fixture.hsm.keys().stream().map(KeyInfo::id).toList();
  }

  private static void awaitGone(List<KeyId> ids) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          System.gc();
          assertThat(ids()).doesNotContainAnyElementsOf(ids);
        });
  }
}
