package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.provider.HsmProvider;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Collections;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Keys that other tools made: with ids of other lengths, without names, or of other kinds. */
@ExtendWith(SoftHsmExtension.class)
class OtherToolsKeysTest {
  private SoftHsmToken token;
  private Hsm hsm;
  private OtherTools tools;
  private RawObjects raw;

  @BeforeEach
  void open(SoftHsmToken fresh, @TempDir Path dir) {
    token = fresh;
    tools = new OtherTools(token, dir);
    hsm = Hsm.open(token.url());
    raw = new RawObjects(token.url());
  }

  @AfterEach
  void close() {
    raw.close();
    hsm.close();
  }

  private static boolean verifies(String algorithm, PublicKey key, byte[] data, byte[] signature)
      throws Exception {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    verifier.update(data);
    return verifier.verify(signature);
  }

  private static PublicKey publicKey(KeyInfo key) {
    return Objects.requireNonNull(key.publicKey());
  }

  @Test
  void rsaPair_ofPkcs11Tool_signsBothWays() throws Exception {
    tools.pkcs11Tool("--keypairgen", "--key-type", "rsa:2048", "--id", "01", "--label", "tool-rsa");
    SignatureAlgorithm pkcs1 = new SignatureAlgorithm.RsaPkcs1();
    byte[] data = Material.random(40);

    KeyInfo key = hsm.key("tool-rsa");
    byte[] ours = hsm.sign(key.id(), pkcs1, data);
    byte[] theirs = tools.sign("01", "RSA-PKCS", data);

    assertThat(key.type()).isEqualTo(KeyType.RSA_2048);
    assertThat(key.usages()).contains(KeyUsage.SIGN, KeyUsage.VERIFY);
    assertThat(hsm.keys()).containsExactly(key);
    assertThat(verifies("NONEwithRSA", publicKey(key), data, ours)).isTrue();
    assertThat(hsm.verify(key.id(), pkcs1, data, ours)).isTrue();
    assertThat(hsm.verify(key.id(), pkcs1, data, theirs)).isTrue();
  }

  @Test
  void derivedId_inANewProcessWithoutListing_isTheSame() throws Exception {
    tools.pkcs11Tool("--keypairgen", "--key-type", "EC:secp256r1", "--id", "a1b2", "--label", "e");
    KeyInfo key = hsm.key("e");

    // What was remembered is gone with the sessions.
    hsm.close();
    hsm = Hsm.open(token.url());
    byte[] signature = hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), new byte[32]);

    assertThat(hsm.key(key.id())).isEqualTo(key);
    assertThat(verifies("NONEwithECDSAinP1363Format", publicKey(key), new byte[32], signature))
        .isTrue();
  }

  @Test
  void oneIdOnKeysOfTwoKinds_bothAreUsable() throws Exception {
    tools.pkcs11Tool("--keypairgen", "--key-type", "rsa:2048", "--id", "01", "--label", "pair");
    tools.pkcs11Tool("--keygen", "--key-type", "AES:32", "--id", "01", "--label", "secret");

    KeyInfo aes = hsm.key("secret");

    assertThat(hsm.keys()).extracting(KeyInfo::label).containsExactlyInAnyOrder("pair", "secret");
    assertThat(aes.type()).isEqualTo(KeyType.AES_256);
    byte[] ours = hsm.encrypt(aes.id(), new AesEcb(), new byte[16]).bytes();
    assertThat(hsm.decrypt(aes.id(), new AesEcb(), ours)).isEqualTo(new byte[16]);
    assertThat(tools.encrypt("01", "AES-ECB", new byte[16])).isEqualTo(ours);
  }

  @Test
  void keyWithoutLabel_isCalledByItsIdInHex() throws Exception {
    byte[] value = Material.random(32);
    raw.secret(
        new Template()
            .put(Ck.CKA_KEY_TYPE, Ck.CKK_AES)
            .put(Ck.CKA_ID, new byte[] {1, (byte) 0xAB})
            .put(Ck.CKA_ENCRYPT, true)
            .put(Ck.CKA_VALUE, value));

    KeyInfo key = hsm.key("01ab");

    assertThat(key.label()).isEqualTo("01ab");
    assertThat(hsm.keys()).containsExactly(key);
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(value, "AES"));
    assertThat(hsm.encrypt(key.id(), new AesEcb(), new byte[16]).bytes())
        .isEqualTo(cipher.doFinal(new byte[16]));
  }

  @Test
  void hmacKeyOfOneDigestWithoutId_isCalledByItsLabel() throws Exception {
    byte[] value = Material.random(32);
    raw.secret(
        new Template()
            .put(Ck.CKA_KEY_TYPE, Ck.CKK_SHA256_HMAC)
            .put(Ck.CKA_LABEL, "hmac")
            .put(Ck.CKA_SIGN, true)
            .put(Ck.CKA_VALUE, value));
    Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
    mac.init(new SecretKeySpec(value, "HmacSHA256"));

    KeyInfo key = hsm.key("hmac");

    assertThat(key.type()).isEqualTo(KeyType.secret(256));
    assertThat(hsm.mac(key.id(), new MacAlgorithm.Hmac(Digest.SHA_256), value))
        .isEqualTo(mac.doFinal(value));
    hsm.destroy(key.id());
    assertThat(hsm.keys()).isEmpty();
  }

  @Test
  void keyWithNeitherIdNorLabel_isNotListed() {
    raw.secret(
        new Template().put(Ck.CKA_KEY_TYPE, Ck.CKK_AES).put(Ck.CKA_VALUE, Material.random(32)));

    assertThat(hsm.keys()).isEmpty();
  }

  @Test
  void keyOnACurveThatIsNotKnown_doesNotDisturbTheOthers() throws Exception {
    tools.pkcs11Tool("--keypairgen", "--key-type", "EC:secp256k1", "--id", "02", "--label", "k1");
    tools.pkcs11Tool("--keypairgen", "--key-type", "EC:secp384r1", "--id", "03", "--label", "r1");

    assertThat(hsm.keys()).extracting(KeyInfo::label).containsExactly("r1");
    assertThatThrownBy(() -> hsm.key("k1")).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void publicKeyThatIsNone_doesNotDisturbTheOthers() throws Exception {
    raw.create(
        new Template()
            .put(Ck.CKA_CLASS, Ck.CKO_PUBLIC_KEY)
            .put(Ck.CKA_KEY_TYPE, Ck.CKK_EC)
            .put(Ck.CKA_TOKEN, true)
            .put(Ck.CKA_PRIVATE, false)
            .put(Ck.CKA_LABEL, "none")
            .put(Ck.CKA_EC_PARAMS, Curve.P_256.oid())
            .put(Ck.CKA_EC_POINT, new byte[] {4, 3, 1, 2, 3}));
    tools.pkcs11Tool("--keygen", "--key-type", "AES:32", "--id", "05", "--label", "good");

    assertThat(hsm.keys()).extracting(KeyInfo::label).contains("good");
  }

  @Test
  void twoKeysWithOneId_areListedAndRefusedOnUse() throws Exception {
    for (String label : new String[] {"first", "second"}) {
      tools.pkcs11Tool("--keygen", "--key-type", "AES:32", "--id", "07", "--label", label);
    }

    KeyInfo either = hsm.keys().getFirst();

    assertThat(hsm.keys()).hasSize(1);
    assertThatThrownBy(() -> hsm.encrypt(either.id(), new AesEcb(), new byte[16]))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("\"first\", \"second\"")
        .hasMessageContaining("CKA_ID");
    assertThatThrownBy(() -> hsm.destroy(either.id())).isInstanceOf(HsmException.BadInput.class);
    assertThat(tools.pkcs11Tool("--list-objects")).contains("first", "second");
  }

  @Test
  void pair_destroyedByItsDerivedId_isGoneAndNothingElse() throws Exception {
    tools.pkcs11Tool("--keypairgen", "--key-type", "rsa:2048", "--id", "01", "--label", "gone");
    tools.pkcs11Tool("--keygen", "--key-type", "AES:32", "--id", "01", "--label", "stays");

    hsm.destroy(hsm.key("gone").id());

    assertThat(hsm.keys()).extracting(KeyInfo::label).containsExactly("stays");
    assertThat(tools.pkcs11Tool("--list-objects")).doesNotContain("gone").contains("stays");
  }

  @Test
  void ecKey_ofKeytool_hasThePublicKeyOfItsCertificate() throws Exception {
    tools.keytoolPair("tool-ec", "EC", "secp256r1");

    KeyInfo key = hsm.key("tool-ec");
    assertThat(hsm.keys()).containsExactly(key);
    byte[] signature = hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), new byte[32]);

    assertThat(key.type()).isEqualTo(KeyType.EC_P256);
    assertThat(key.publicKey()).isEqualTo(tools.keytoolCertificate("tool-ec").getPublicKey());
    assertThat(verifies("NONEwithECDSAinP1363Format", publicKey(key), new byte[32], signature))
        .isTrue();
  }

  @Test
  void secretKey_ofKeytool_encryptsAsItDoesThere() throws Exception {
    tools.keytool("-genseckey", "-alias", "tool-aes", "-keyalg", "AES", "-keysize", "256");

    KeyInfo key = hsm.key("tool-aes");

    assertThat(key.type()).isEqualTo(KeyType.AES_256);
    byte[] ours = hsm.encrypt(key.id(), new AesEcb(), new byte[16]).bytes();
    assertThat(hsm.decrypt(key.id(), new AesEcb(), ours)).isEqualTo(new byte[16]);
  }

  @Test
  void rsaKey_ofKeytool_isInTheKeyStoreWithItsCertificate() throws Exception {
    tools.keytool(
        "-genkeypair", "-alias", "tool", "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=t");
    HsmProvider provider = HsmProvider.over(hsm);
    KeyStore store = KeyStore.getInstance("HSM", provider);
    store.load(null, null);

    Signature signer = Signature.getInstance("SHA256withRSA", provider);
    signer.initSign((PrivateKey) store.getKey("tool", null));
    signer.update(new byte[10]);

    assertThat(Collections.list(store.aliases())).containsExactly("tool");
    assertThat(store.getCertificate("tool")).isEqualTo(tools.keytoolCertificate("tool"));
    assertThat(
            verifies(
                "SHA256withRSA",
                store.getCertificate("tool").getPublicKey(),
                new byte[10],
                signer.sign()))
        .isTrue();
  }
}
