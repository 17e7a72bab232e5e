package io.strongroom.hsm.pkcs11;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Objects;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Pkcs11HsmTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SoftHsmToken token;
  private final Hsm hsm;

  Pkcs11HsmTest(SoftHsmToken token) {
    this.token = token;
    this.hsm = Hsm.open(token.url());
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  private static KeyId id() {
    return KeyId.random(RANDOM);
  }

  private KeyInfo make(String label, KeyType type) {
    return hsm.create(KeySpec.of(id(), label, type));
  }

  @Test
  void info_softhsmToken_tellsLabelAndMechanisms() {
    assertThat(hsm.info().label()).isEqualTo(token.label());
    assertThat(hsm.info().mechanism("CKM_AES_GCM").orElseThrow().functions())
        .contains("encrypt", "decrypt");
  }

  @Test
  void aesKey_created_encryptsAndDecryptsByGcm() {
    KeyInfo key = make("gcm", KeyType.AES_256);
    byte[] aad = "context".getBytes(UTF_8);
    byte[] plaintext = "a secret".getBytes(UTF_8);

    Encrypted encrypted = hsm.encrypt(key.id(), AesGcm.withDeviceIv(aad), plaintext);

    assertThat(encrypted.iv()).hasSize(12);
    assertThat(encrypted.bytes()).hasSize(plaintext.length + 16);
    assertThat(hsm.decrypt(key.id(), AesGcm.withIv(encrypted.iv(), aad), encrypted.bytes()))
        .isEqualTo(plaintext);
    assertThat(key.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(hsm.key("gcm")).isEqualTo(key);
    assertThat(hsm.keys()).contains(key);
  }

  @Test
  void gcmDecrypt_tagAltered_authenticationFailed() {
    KeyInfo key = make("gcm-altered", KeyType.AES_256);
    Encrypted encrypted = hsm.encrypt(key.id(), AesGcm.withDeviceIv(new byte[0]), new byte[40]);
    encrypted.bytes()[45] ^= 1;

    assertThatThrownBy(() ->
            hsm.decrypt(key.id(), AesGcm.withIv(encrypted.iv(), new byte[0]), encrypted.bytes()))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  @Test
  void rsaKey_signed_verifiesInDeviceAndInJdk() throws Exception {
    KeyInfo key = make("rsa", KeyType.RSA_2048);
    byte[] info = new byte[51];
    byte[] signature = hsm.sign(key.id(), new SignatureAlgorithm.RsaPkcs1(), info);

    assertThat(hsm.verify(key.id(), new SignatureAlgorithm.RsaPkcs1(), info, signature)).isTrue();
    Signature verifier = Signature.getInstance("NONEwithRSA");
    verifier.initVerify(key.publicKey());
    verifier.update(info);
    assertThat(verifier.verify(signature)).isTrue();
  }

  @Test
  void ecKey_signed_verifiesInDeviceAndInJdk() throws Exception {
    KeyInfo key = make("ec", KeyType.EC_P256);
    byte[] digest = new byte[32];
    byte[] signature = hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), digest);

    assertThat(hsm.verify(key.id(), new SignatureAlgorithm.Ecdsa(), digest, signature)).isTrue();
    Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format");
    verifier.initVerify(key.publicKey());
    verifier.update(digest);
    assertThat(verifier.verify(signature)).isTrue();
    signature[3] ^= 1;
    assertThat(hsm.verify(key.id(), new SignatureAlgorithm.Ecdsa(), digest, signature)).isFalse();
  }

  @Test
  void edKey_signed_verifiesInDeviceAndInJdk() throws Exception {
    KeyInfo key = make("ed", KeyType.ED25519);
    byte[] message = "message".getBytes(UTF_8);
    byte[] signature = hsm.sign(key.id(), new SignatureAlgorithm.EdDsa(), message);

    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(key.publicKey());
    verifier.update(message);
    assertThat(verifier.verify(signature)).isTrue();
  }

  @Test
  void secretKey_hmac_isRepeatable() {
    KeyInfo key = make("hmac", KeyType.secret(256));
    MacAlgorithm hmac = new MacAlgorithm.Hmac(Digest.SHA_256);

    assertThat(hsm.mac(key.id(), hmac, new byte[100]))
        .hasSize(32)
        .isEqualTo(hsm.mac(key.id(), hmac, new byte[100]));
    assertThat(hsm.checkValue(key.id())).startsWith(hsm.mac(key.id(), hmac, new byte[0])[0]);
  }

  @Test
  void material_wrappedByOaep_becomesThatKey() throws Exception {
    KeyInfo wrapping = wrappingPair("import-1");
    byte[] material = new byte[32];
    RANDOM.nextBytes(material);
    KeyId id = id();
    KeyInfo key =
        hsm.unwrap(
            wrapping.id(),
            new WrapAlgorithm.RsaOaep(Digest.SHA_1),
            oaep(wrapping, material),
            KeySpec.of(id, "imported", KeyType.AES_256));

    assertThat(key.type()).isEqualTo(KeyType.AES_256);
    assertThat(key.protection()).isEqualTo(Protection.NEVER_LEAVES);
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new javax.crypto.spec.SecretKeySpec(material, "AES"));
    byte[] expected = cipher.doFinal(new byte[16]);
    assertThat(hsm.encrypt(id, new AesEcb(), new byte[16]).bytes()).isEqualTo(expected);
    assertThat(hsm.checkValue(id)).isEqualTo(java.util.Arrays.copyOf(expected, 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 16, 24, 31, 33, 40})
  void material_ofOtherLength_isRefusedAndNothingStays(int bytes) throws Exception {
    KeyInfo wrapping = wrappingPair("import-" + bytes + "-bytes");
    byte[] wrapped = oaep(wrapping, new byte[bytes]);
    List<KeyInfo> before = hsm.keys();

    for (KeyType type : List.of(KeyType.AES_256, KeyType.secret(256))) {
      assertThatThrownBy(() ->
              hsm.unwrap(
                  wrapping.id(),
                  new WrapAlgorithm.RsaOaep(Digest.SHA_1),
                  wrapped,
                  KeySpec.of(id(), "refused", type)))
          .isInstanceOf(HsmException.BadInput.class);
    }
    assertThat(hsm.keys()).isEqualTo(before);
  }

  @Test
  void attemptExport_keyThatNeverLeaves_allRefused() {
    for (KeyType type :
        List.of(KeyType.AES_256, KeyType.secret(256), KeyType.RSA_2048, KeyType.EC_P256)) {
      KeyInfo key = make("export-" + type, type);
      assertThat(hsm.attemptExport(key.id())).isNotEmpty().allMatch(ExportAttempt::refused);
    }
  }

  @Test
  void domainKey_sealsAndOpensAes() {
    KeyInfo domain =
        hsm.create(
            KeySpec.of(id(), "domain", KeyType.AES_256)
                .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
                .withProtection(Protection.DOMAIN));
    assertThat(domain.protection()).isEqualTo(Protection.DOMAIN);
    assertThat(hsm.attemptExport(domain.id())).allMatch(ExportAttempt::refused);
    KeyInfo birth =
        hsm.create(
            KeySpec.of(id(), "birth", KeyType.AES_256)
                .withProtection(Protection.LEAVES_WRAPPED)
                .asSession());
    byte[] seal = hsm.wrap(domain.id(), new WrapAlgorithm.AesKwp(), birth.id());
    KeyInfo opened =
        hsm.unwrap(
            domain.id(),
            new WrapAlgorithm.AesKwp(),
            seal,
            KeySpec.of(id(), "opened", KeyType.AES_256));

    assertThat(hsm.checkValue(opened.id())).isEqualTo(hsm.checkValue(birth.id()));
    assertThat(hsm.checkValue(domain.id())).hasSize(3);
    hsm.destroy(birth.id());
    assertThat(opened.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThatThrownBy(() ->
            hsm.unwrap(
                domain.id(),
                new WrapAlgorithm.AesKwp(),
                seal,
                KeySpec.of(id(), "weak", KeyType.AES_256)
                    .withProtection(Protection.LEAVES_WRAPPED)))
        .isInstanceOf(HsmException.AccessDenied.class);
  }

  @Test
  void create_labelTaken_keyExists() {
    make("taken", KeyType.AES_128);

    assertThatThrownBy(() -> make("taken", KeyType.AES_128))
        .isInstanceOf(HsmException.KeyExists.class);
  }

  @Test
  void create_repeated_returnsTheFirst() {
    KeySpec spec = KeySpec.of(id(), "repeated", KeyType.AES_192);

    assertThat(hsm.create(spec)).isEqualTo(hsm.create(spec));
  }

  private KeyInfo wrappingPair(String label) {
    return hsm.create(
        KeySpec.of(id(), label, KeyType.RSA_2048).withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
  }

  private static byte[] oaep(KeyInfo wrapping, byte[] material) throws Exception {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
    cipher.init(Cipher.ENCRYPT_MODE, (RSAPublicKey) Objects.requireNonNull(wrapping.publicKey()));
    return cipher.doFinal(material);
  }
}
