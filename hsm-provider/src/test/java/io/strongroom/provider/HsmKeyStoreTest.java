package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SoftHsmExtension.class)
class HsmKeyStoreTest {

  private static ProviderFixture fixture;
  private KeyStore store;

  @BeforeAll
  static void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @BeforeEach
  void load() throws Exception {
    store = fixture.keyStore();
  }

  private static SecretKey aes(HsmKeySpec spec) throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES", fixture.provider);
    generator.init(spec);
    return generator.generateKey();
  }

  @Test
  void secretKey_byItsLabel_isFoundAndWorks() throws Exception {
    String label = fixture.label();
    SecretKey made = aes(HsmKeySpec.token(label));
    SecretKey found = (SecretKey) store.getKey(label, null);
    assertThat(found).isEqualTo(made);
    assertThat(store.containsAlias(label)).isTrue();
    assertThat(store.isKeyEntry(label)).isTrue();
    assertThat(store.isCertificateEntry(label)).isFalse();
    assertThat(store.entryInstanceOf(label, KeyStore.SecretKeyEntry.class)).isTrue();
    assertThat(((KeyStore.SecretKeyEntry) store.getEntry(label, null)).getSecretKey())
        .isEqualTo(made);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", fixture.provider);
    cipher.init(Cipher.ENCRYPT_MODE, found);
    assertThat(cipher.doFinal(new byte[2])).hasSize(18);
  }

  @Test
  @Difference("key-store-private-keys-without-certificates")
  void privateKey_withoutACertificate_isFoundAndWorks() throws Exception {
    String label = fixture.label();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", fixture.provider);
    generator.initialize(HsmKeySpec.token(label).withBits(256));
    generator.generateKeyPair();
    PrivateKey found = (PrivateKey) store.getKey(label, null);
    assertThat(store.entryInstanceOf(label, KeyStore.PrivateKeyEntry.class)).isTrue();
    assertThat(store.entryInstanceOf(label, KeyStore.SecretKeyEntry.class)).isFalse();
    assertThat(store.getCertificateChain(label)).isNull();
    assertThatThrownBy(() -> store.getEntry(label, null))
        .isInstanceOf(UnrecoverableKeyException.class)
        .hasMessageContaining("getKey");
    Signature signer = Signature.getInstance("SHA256withECDSA", fixture.provider);
    signer.initSign(found);
    assertThat(signer.sign()).isNotEmpty();
  }

  @Test
  void aliases_listTokenKeysOnly() throws Exception {
    String token = fixture.label();
    String session = fixture.label();
    aes(HsmKeySpec.token(token));
    aes(HsmKeySpec.session(session));
    assertThat(Collections.list(store.aliases())).contains(token).doesNotContain(session);
    assertThat(store.size()).isEqualTo(Collections.list(store.aliases()).size());
    assertThat(store.getKey(session, null)).isNull();
    assertThat(store.containsAlias(session)).isFalse();
  }

  @Test
  void label_thatIsNotThere_isNull() throws Exception {
    assertThat(store.getKey("nothing", null)).isNull();
    assertThat(store.getEntry("nothing", null)).isNull();
    assertThat(store.containsAlias("nothing")).isFalse();
    assertThat(store.isKeyEntry("nothing")).isFalse();
    assertThat(store.getKey("", null)).isNull();
  }

  @Test
  void reservedKeys_areNeitherShownNorDeleted() throws Exception {
    KeyId id = KeyId.random(fixture.random);
    fixture.hsm.create(KeySpec.of(id, "strongroom-domain", KeyType.AES_256));
    assertThat(Collections.list(store.aliases())).doesNotContain("strongroom-domain");
    assertThat(store.getKey("strongroom-domain", null)).isNull();
    assertThatThrownBy(() -> store.deleteEntry("strongroom-domain"))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("Strongroom's own");
    assertThatThrownBy(() -> fixture.provider.key(id)).isInstanceOf(InvalidKeyException.class);
    assertThat(fixture.hsm.key(id).label()).isEqualTo("strongroom-domain");
  }

  @Test
  @Difference("key-store-delete-of-nothing")
  void entry_deleted_isGoneAndCannotBeDeletedAgain() throws Exception {
    String label = fixture.label();
    aes(HsmKeySpec.token(label));
    store.deleteEntry(label);
    assertThat(store.containsAlias(label)).isFalse();
    assertThatThrownBy(() -> fixture.hsm.key(label)).isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> store.deleteEntry(label))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining(label);
  }

  @Test
  @Difference("key-store-never-overwrites")
  void setKeyEntry_overAnExistingAlias_isRefusedAndLeavesTheKey() throws Exception {
    String label = fixture.label();
    SecretKey first = aes(HsmKeySpec.token(label));
    SecretKey second = aes(HsmKeySpec.session(fixture.label()));
    assertThatThrownBy(() -> store.setKeyEntry(label, second, null, null))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("never overwritten");
    assertThat(store.getKey(label, null)).isEqualTo(first);
  }

  @Test
  void setKeyEntry_ofAKeyInSoftware_isRefused() {
    assertThatThrownBy(() ->
            store.setKeyEntry(fixture.label(), new SecretKeySpec(new byte[32], "AES"), null, null))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("Hsm.unwrap");
    assertThatThrownBy(() -> store.setKeyEntry(fixture.label(), new byte[10], null))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("Hsm.unwrap");
  }

  @Test
  void setKeyEntry_ofATokenKeyUnderAnotherName_isRefused() throws Exception {
    String label = fixture.label();
    SecretKey key = aes(HsmKeySpec.token(label));
    assertThatThrownBy(() -> store.setKeyEntry(fixture.label(), key, null, null))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("HsmKeySpec.token")
        .hasMessageContaining(label);
    store.setKeyEntry(label, key, null, null);
    assertThat(store.getKey(label, null)).isEqualTo(key);
  }

  @Test
  @Difference("key-store-pin-from-url")
  void load_withAPinOrAFile_isRefused() throws Exception {
    KeyStore other = KeyStore.getInstance("HSM", fixture.provider);
    assertThatThrownBy(() -> other.load(null, "1234".toCharArray()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the word \"pin-source\"")
        .hasMessageNotContaining("1234");
    assertThatThrownBy(() -> other.load(new ByteArrayInputStream(new byte[1]), null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("load(null, null)");
    other.load(null, new char[0]);
    other.load(null, "pin-source".toCharArray());
    other.load(null);
    assertThat(other.size()).isPositive();
  }

  @Test
  void store_toAFile_isRefused() throws Exception {
    assertThatThrownBy(() -> store.store(new ByteArrayOutputStream(), new char[0]))
        .isInstanceOf(IOException.class);
    store.store(null, null);
  }

  @Test
  @Difference("key-store-shows-the-device")
  void keyStore_loadedBefore_seesWhatCameAfter() throws Exception {
    String label = fixture.label();
    fixture.hsm.create(KeySpec.of(KeyId.random(fixture.random), label, KeyType.AES_128));
    assertThat(store.getKey(label, "any".toCharArray())).isNotNull();
  }
}
