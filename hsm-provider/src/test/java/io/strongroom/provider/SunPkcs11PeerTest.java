package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's own PKCS#11 provider on the same token, both ways. */
@ExtendWith(SoftHsmExtension.class)
class SunPkcs11PeerTest {

  // Its ECDH reads the shared secret, which it can only where that is configured.
  private static final String READABLE =
      """
      attributes(generate, CKO_PRIVATE_KEY, CKK_EC) = {
        CKA_DERIVE = true
      }
      attributes(generate, CKO_SECRET_KEY, CKK_GENERIC_SECRET) = {
        CKA_SENSITIVE = false
        CKA_EXTRACTABLE = true
      }
      """;

  private static ProviderFixture fixture;
  private static Provider peer;
  private static KeyStore peerKeys;
  private static ProviderFixture.KnownKey aes;
  private static ProviderFixture.KnownKey hmac;

  @BeforeAll
  static void open(SoftHsmToken token, @TempDir Path dir) throws Exception {
    fixture = new ProviderFixture(token);
    aes = fixture.aes256();
    hmac = fixture.hmac(ProviderFixture.bytes(64), "HmacSHA512");
    Path config = dir.resolve("peer.cfg");
    Files.writeString(
        config, "name = Peer\nlibrary = " + token.library() + "\nslotListIndex = 0\n" + READABLE);
    peer = Security.getProvider("SunPKCS11").configure(config.toString());
    peerKeys = KeyStore.getInstance("PKCS11", peer);
    peerKeys.load(null, Files.readString(token.userPin()).strip().toCharArray());
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 33, 1024, 16_384, 40_000})
  void gcm_bothWays_agrees(int size) throws Exception {
    byte[] plaintext = ProviderFixture.bytes(size);
    GCMParameterSpec parameters = new GCMParameterSpec(128, ProviderFixture.bytes(12));
    Cipher ours = Cipher.getInstance("AES/GCM/NoPadding", fixture.provider);
    Cipher theirs = Cipher.getInstance("AES/GCM/NoPadding", peer);
    Key theirKey = peerKeys.getKey(aes.label(), null);
    ours.init(Cipher.ENCRYPT_MODE, aes.inHsm(), parameters);
    ours.updateAAD(new byte[] {9});
    byte[] ciphertext = ours.doFinal(plaintext);
    theirs.init(Cipher.DECRYPT_MODE, theirKey, parameters);
    theirs.updateAAD(new byte[] {9});
    assertThat(theirs.doFinal(ciphertext)).isEqualTo(plaintext);
    theirs.init(Cipher.ENCRYPT_MODE, theirKey, parameters);
    theirs.updateAAD(new byte[] {9});
    assertThat(theirs.doFinal(plaintext)).isEqualTo(ciphertext);
    ours.init(Cipher.DECRYPT_MODE, aes.inHsm(), parameters);
    ours.updateAAD(new byte[] {9});
    assertThat(ours.doFinal(ciphertext)).isEqualTo(plaintext);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES/CBC/PKCS5Padding", "AES/CBC/NoPadding", "AES/CTR/NoPadding"})
  void modes_bothWays_agree(String name) throws Exception {
    byte[] plaintext = ProviderFixture.bytes(64);
    IvParameterSpec iv = new IvParameterSpec(ProviderFixture.bytes(16));
    Cipher ours = Cipher.getInstance(name, fixture.provider);
    Cipher theirs = Cipher.getInstance(name, peer);
    Key theirKey = peerKeys.getKey(aes.label(), null);
    ours.init(Cipher.ENCRYPT_MODE, aes.inHsm(), iv);
    byte[] ciphertext = ours.doFinal(plaintext);
    theirs.init(Cipher.DECRYPT_MODE, theirKey, iv);
    assertThat(theirs.doFinal(ciphertext)).isEqualTo(plaintext);
    theirs.init(Cipher.ENCRYPT_MODE, theirKey, iv);
    assertThat(theirs.doFinal(plaintext)).isEqualTo(ciphertext);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HmacSHA1", "HmacSHA224", "HmacSHA256", "HmacSHA384", "HmacSHA512"})
  void hmac_agrees(String algorithm) throws Exception {
    Mac ours = Mac.getInstance(algorithm, fixture.provider);
    Mac theirs = Mac.getInstance(algorithm, peer);
    ours.init(hmac.inHsm());
    theirs.init(peerKeys.getKey(hmac.label(), null));
    byte[] message = ProviderFixture.bytes(333);
    assertThat(ours.doFinal(message)).isEqualTo(theirs.doFinal(message));
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 2048, SHA256withRSA",
    "RSA, 2048, SHA512withRSA",
    "EC, 256, SHA256withECDSA",
    "EC, 384, SHA384withECDSA",
    "EC, 521, SHA512withECDSAinP1363Format",
    "EC, 256, SHA256withECDSAinP1363Format"
  })
  void signatures_bothWays_verify(String family, int bits, String algorithm) throws Exception {
    byte[] message = ProviderFixture.bytes(50);
    for (Provider signing : new Provider[] {fixture.provider, peer}) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(family, signing);
      generator.initialize(bits);
      KeyPair pair = generator.generateKeyPair();
      Signature signer = Signature.getInstance(algorithm, signing);
      signer.initSign(pair.getPrivate());
      signer.update(message);
      byte[] signed = signer.sign();
      Provider verifying = signing == peer ? fixture.provider : peer;
      Signature verifier = Signature.getInstance(algorithm, verifying);
      verifier.initVerify(pair.getPublic());
      verifier.update(message);
      assertThat(verifier.verify(signed)).as("%s by %s", algorithm, signing.getName()).isTrue();
    }
  }

  @Test
  void keys_madeByThePeer_areNotShownWithoutAnId() throws Exception {
    // The peer's keys have no 16-byte CKA_ID: they are no keys of ours, and must not break the
    // list.
    peerKeys.setKeyEntry("theirs", aes.inSoftware(), null, null);
    KeyStore store = fixture.keyStore();
    assertThat(store.containsAlias(aes.label())).isTrue();
    assertThat(store.size()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 384, 521})
  void ecdh_bothWays_agrees(int bits) throws Exception {
    KeyPairGenerator theirGenerator = KeyPairGenerator.getInstance("EC", peer);
    theirGenerator.initialize(bits);
    KeyPair theirPair = theirGenerator.generateKeyPair();
    KeyPairGenerator ourGenerator = KeyPairGenerator.getInstance("EC", fixture.provider);
    ourGenerator.initialize(
        HsmKeySpec.session(fixture.label()).withBits(bits).withUsages(KeyUsage.DERIVE));
    KeyPair ourPair = ourGenerator.generateKeyPair();
    KeyAgreement theirs = KeyAgreement.getInstance("ECDH", peer);
    theirs.init(theirPair.getPrivate());
    theirs.doPhase(ourPair.getPublic(), true);
    Mac jdk = Mac.getInstance("HmacSHA256", "SunJCE");
    jdk.init(new SecretKeySpec(theirs.generateSecret(), "HmacSHA256"));
    KeyAgreement ours = KeyAgreement.getInstance("ECDH", fixture.provider);
    ours.init(ourPair.getPrivate());
    ours.doPhase(theirPair.getPublic(), true);
    Mac inHsm = Mac.getInstance("HmacSHA256", fixture.provider);
    inHsm.init(ours.generateSecret("HmacSHA256"));
    assertThat(inHsm.doFinal(new byte[] {1})).isEqualTo(jdk.doFinal(new byte[] {1}));
  }
}
