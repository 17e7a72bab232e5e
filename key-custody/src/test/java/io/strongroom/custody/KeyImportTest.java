package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Hsm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyImportTest extends TokenTest {

  private static final byte[] MATERIAL = Materials.bytes(32, 1);

  @Test
  void importKeyMaterial_wrappedByOpenSsl_isEnabledWithTheOwnersCheckValue() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    assertThat(cmk.state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(cmk.version()).isZero();
    ImportParameters parameters =
        keys.parametersForImport(
            id(cmk), WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_3072);
    assertThat(parameters.publicKey().getModulus().bitLength()).isEqualTo(3072);
    assertThat(parameters.validTo()).isEqualTo(TestCustody.START.plus(Duration.ofHours(24)));
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    String kcv = Materials.kcv(MATERIAL);

    CmkDescription imported =
        keys.importKeyMaterial(
            id(cmk), MaterialImport.of(parameters.token(), wrapped).expecting(kcv));

    assertThat(imported.state()).isEqualTo(KeyState.ENABLED);
    assertThat(imported.kcv()).isEqualTo(kcv);
    assertThat(imported.version()).isEqualTo(1);
    assertThat(imported.nodes()).containsExactly("test");
    assertThat(imported).isEqualTo(keys.describe(id(cmk)));
    assertThat(test.labelsOf(cmk)).containsExactly("cmk/" + cmk.keyId() + "/v1");
    test.awaitNoWrappingKeys();
  }

  @Test
  void importKeyMaterial_rsaAesInTwoOpenSslSteps_isEnabled() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters =
        keys.parametersForImport(
            id(cmk), WrappingAlgorithm.RSA_AES_KEY_WRAP_SHA_1, WrappingKeySpec.RSA_2048);
    byte[] wrapped =
        OpenSsl.rsaAes(parameters.publicKey(), MATERIAL, Materials.bytes(32, 9), "sha1");
    CmkDescription imported =
        keys.importKeyMaterial(
            id(cmk),
            MaterialImport.of(parameters.token(), wrapped).expecting(Materials.kcv(MATERIAL)));
    assertThat(imported.state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void importKeyMaterial_done_decryptsWhatTheOwnerEncryptedWithTheMaterial() throws Exception {
    CmkDescription cmk = test.importInto(keys.createKey(KeyRequest.external()), MATERIAL);
    Map<String, String> context = Map.of("invoice", "4711");
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    byte[] iv = Materials.bytes(12, 5);
    gcm.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(MATERIAL, "AES"), new GCMParameterSpec(128, iv));
    gcm.updateAAD(Ciphertext.aad(cmk.keyId(), 1, context));
    byte[] sealed = gcm.doFinal("outside".getBytes(StandardCharsets.UTF_8));
    byte[] ciphertext = new Ciphertext(cmk.keyId(), 1, iv, sealed).encode();
    assertThat(keys.decrypt(ciphertext, context)).asString().isEqualTo("outside");
  }

  @ParameterizedTest
  @EnumSource(names = {"RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_256"})
  void parametersForImport_algorithmTheDeviceLacks_isRefusedNamingOneItHas(
      WrappingAlgorithm algorithm) {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    assertThatThrownBy(() -> keys.parametersForImport(id(cmk), algorithm, WrappingKeySpec.RSA_2048))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_SUPPORTED))
        .hasMessageContaining(algorithm.name())
        .hasMessageContaining("use RSA_AES_KEY_WRAP_SHA_1");
    assertThat(test.labels("custody/wrapping/")).isEmpty();
    assertThat(test.labels("custody/probe/")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 24, 31, 33, 40})
  void importKeyMaterial_otherLengthUnderOaep_isRefusedAndLeavesNothing(int bytes) {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), Materials.bytes(bytes, 2));
    assertRefused(cmk, MaterialImport.of(parameters.token(), wrapped), Reason.MATERIAL_LENGTH);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 24, 31, 33, 40})
  void importKeyMaterial_otherLengthUnderRsaAes_isRefusedAndLeavesNothing(int bytes) {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters =
        keys.parametersForImport(
            id(cmk), WrappingAlgorithm.RSA_AES_KEY_WRAP_SHA_1, WrappingKeySpec.RSA_2048);
    byte[] wrapped =
        OpenSsl.rsaAes(
            parameters.publicKey(), Materials.bytes(bytes, 2), Materials.bytes(32, 9), "sha1");
    assertRefused(cmk, MaterialImport.of(parameters.token(), wrapped), Reason.MATERIAL_LENGTH);
  }

  @Test
  void importKeyMaterial_otherCheckValue_isRefusedAndLeavesNothing() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    MaterialImport material = MaterialImport.of(parameters.token(), wrapped);
    assertRefused(cmk, material.expecting("000000"), Reason.CHECK_VALUE);
    assertThat(keys.importKeyMaterial(id(cmk), material).state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void importKeyMaterial_malformedCheckValue_isRefusedAndLeavesNothing() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    assertRefused(
        cmk, MaterialImport.of(parameters.token(), wrapped).expecting("12345"), Reason.MALFORMED);
  }

  @Test
  void importKeyMaterial_garbage_isRefusedAndLeavesNothing() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] garbage = Materials.bytes(256, 3);
    garbage[0] = 0;
    assertRefused(cmk, MaterialImport.of(parameters.token(), garbage), Reason.MATERIAL_NOT_OPENED);
  }

  @Test
  void importKeyMaterial_wrappedUnderAnotherKey_isRefusedAndLeavesNothing() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters one = test.parameters(cmk);
    ImportParameters other = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(other.publicKey(), MATERIAL);
    assertRefused(cmk, MaterialImport.of(one.token(), wrapped), Reason.MATERIAL_NOT_OPENED);
  }

  @Test
  void importKeyMaterial_tokenAfter24Hours_isRefusedAndItsWrappingKeyGone() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    test.clock.advance(Duration.ofHours(24));
    assertRefused(cmk, MaterialImport.of(parameters.token(), wrapped), Reason.TOKEN_EXPIRED);
    assertThat(test.labels("custody/wrapping/")).isEmpty();
  }

  @Test
  void importKeyMaterial_tokenOfAnotherKey_isRefused() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters foreign = test.parameters(keys.createKey(KeyRequest.external()));
    byte[] wrapped = OpenSsl.oaepSha1(foreign.publicKey(), MATERIAL);
    assertRefused(cmk, MaterialImport.of(foreign.token(), wrapped), Reason.TOKEN_OF_OTHER_KEY);
  }

  @ParameterizedTest
  @ValueSource(ints = {21, 37, 53, 54, 62, 93})
  void importKeyMaterial_anyPartOfTheTokenAltered_isUnknown(int at) {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] altered = parameters.token().clone();
    altered[at] ^= 2;
    assertRefused(cmk, MaterialImport.of(altered, new byte[256]), Reason.TOKEN_UNKNOWN);
  }

  @Test
  void importKeyMaterial_tokenOfAnotherStoreOnTheSameToken_isRefused(@TempDir Path dir) {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    try (TestCustody other = new TestCustody(hsm, dir)) {
      ImportParameters foreign = other.parameters(other.keys().createKey(KeyRequest.external()));
      byte[] wrapped = OpenSsl.oaepSha1(foreign.publicKey(), MATERIAL);
      assertRefused(cmk, MaterialImport.of(foreign.token(), wrapped), Reason.TOKEN_OF_OTHER_STORE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE wrapping_key SET cmk_id = (SELECT id FROM cmk WHERE description = 'other')",
        "UPDATE wrapping_key SET hsm_key_id = '00112233445566778899aabbccddeeff'",
        "UPDATE wrapping_key SET algorithm = 'RSA_AES_KEY_WRAP_SHA_1'",
        "UPDATE wrapping_key SET expires_ms = expires_ms + 1",
      })
  void importKeyMaterial_tokenReboundInTheStore_isRefused(String sql) throws Exception {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    keys.createKey(KeyRequest.external().withDescription("other"));
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + test.storeFile());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
    assertRefused(cmk, MaterialImport.of(parameters.token(), wrapped), Reason.TOKEN_ALTERED);
  }

  @Test
  void parametersForImport_askedAgain_probesTheDeviceOnce() {
    AtomicInteger unwraps = new AtomicInteger();
    Hsm counting = HookedHsm.wrap(hsm, "before:unwrap:2", unwraps::incrementAndGet);
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    try (Custody custody = Custody.open(counting, test.storeUrl(), test.clock)) {
      for (int i = 0; i < 2; i++) {
        custody
            .as("bob")
            .parametersForImport(
                id(cmk), WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048);
      }
    }
    assertThat(unwraps).hasValue(0);
    assertThat(test.labels("custody/probe/")).isEmpty();
  }

  @Test
  void importKeyMaterial_sameTokenAgain_isRefusedAsUsed() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    MaterialImport material = MaterialImport.of(parameters.token(), wrapped);
    keys.importKeyMaterial(id(cmk), material);
    keys.deleteMaterial(id(cmk));
    assertRefused(cmk, material, Reason.TOKEN_USED);
  }

  @Test
  void importKeyMaterial_afterRestart_takesTheTokenIssuedBefore() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    test.reopen();
    CmkDescription imported =
        test.keys().importKeyMaterial(id(cmk), MaterialImport.of(parameters.token(), wrapped));
    assertThat(imported.state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void importKeyMaterial_enabledKey_isRefused() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters spare = test.parameters(cmk);
    test.importInto(cmk, MATERIAL);
    byte[] wrapped = OpenSsl.oaepSha1(spare.publicKey(), MATERIAL);
    assertThatThrownBy(
            () -> keys.importKeyMaterial(id(cmk), MaterialImport.of(spare.token(), wrapped)))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.ENABLED);
    keys.deleteMaterial(id(cmk));
    assertRefused(cmk, MaterialImport.of(spare.token(), wrapped), Reason.TOKEN_EXPIRED);
  }

  @Test
  void parametersForImport_keyThatIsNotPendingImport_isRefused() {
    CmkDescription generated = keys.createKey(KeyRequest.generated());
    assertThatThrownBy(() -> test.parameters(generated))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_ORIGIN));
    CmkDescription imported = test.importInto(keys.createKey(KeyRequest.external()), MATERIAL);
    assertThatThrownBy(() -> test.parameters(imported))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
  }

  @Test
  void importKeyMaterial_sameMaterialAgainAfterDeletion_readsOldCiphertext() {
    CmkDescription cmk = test.importInto(keys.createKey(KeyRequest.external()), MATERIAL);
    byte[] ciphertext = keys.encrypt(id(cmk), new byte[] {1, 2, 3}, Map.of()).encode();
    assertThat(keys.deleteMaterial(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThatThrownBy(() -> keys.decrypt(ciphertext, Map.of()))
        .isInstanceOf(CustodyException.Refused.class);
    test.importInto(cmk, MATERIAL);
    assertThat(keys.decrypt(ciphertext, Map.of())).containsExactly(1, 2, 3);
  }

  @Test
  void importKeyMaterial_otherMaterialAfterDeletion_isRefusedAndLeavesNothing() {
    CmkDescription cmk = test.importInto(keys.createKey(KeyRequest.external()), MATERIAL);
    keys.deleteMaterial(id(cmk));
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), Materials.bytes(32, 77));
    assertRefused(cmk, MaterialImport.of(parameters.token(), wrapped), Reason.OTHER_MATERIAL);
  }

  @Test
  void encrypt_afterTheMaterialExpired_isRefusedAndTheMaterialGone() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    CmkDescription imported =
        keys.importKeyMaterial(
            id(cmk),
            MaterialImport.of(parameters.token(), wrapped)
                .expiring(TestCustody.START.plus(Duration.ofHours(1))));
    assertThat(imported.expires()).isEqualTo(TestCustody.START.plus(Duration.ofHours(1)));
    keys.encrypt(id(cmk), new byte[1], Map.of());
    test.clock.advance(Duration.ofHours(1));
    assertThatThrownBy(() -> keys.encrypt(id(cmk), new byte[1], Map.of()))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class, e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE))
        .hasMessageContaining("expired");
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(test.labelsOf(cmk)).isEmpty();
  }

  @Test
  void open_afterTheMaterialExpired_deletesIt() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    keys.importKeyMaterial(
        id(cmk),
        MaterialImport.of(parameters.token(), wrapped)
            .expiring(TestCustody.START.plus(Duration.ofHours(1))));
    test.clock.advance(Duration.ofHours(2));
    test.reopen();
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThat(test.lastRecord().operation()).isEqualTo("expireMaterial");
    assertThat(test.lastRecord().keyId()).isEqualTo(id(cmk));
  }

  @Test
  void importKeyMaterial_expiryInThePast_isRefusedAndLeavesNothing() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL);
    assertRefused(
        cmk,
        MaterialImport.of(parameters.token(), wrapped).expiring(TestCustody.START),
        Reason.MALFORMED);
  }

  @Test
  void importKeyMaterial_checkValueThatMightBeTheKey_isRefusedAndRepeatedNowhere() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    String secret = "00112233445566778899aabbccddeeff";
    MaterialImport material =
        MaterialImport.of(parameters.token(), new byte[256]).expecting(secret);
    assertThatThrownBy(() -> keys.importKeyMaterial(id(cmk), material))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageNotContaining(secret.substring(0, 8));
    assertThat(test.lastRecord().details().values()).doesNotContain(secret);
  }

  @Test
  void importKeyMaterial_tooManyBytes_isBadInputBeforeTheDeviceSeesThem() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    assertThatThrownBy(() ->
            keys.importKeyMaterial(id(cmk), MaterialImport.of(parameters.token(), new byte[4097])))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED))
        .hasMessageContaining("4096");
  }

  @Test
  void importKeyMaterial_expiryBeyondWhatCanBeStored_isBadInput() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    MaterialImport material =
        MaterialImport.of(parameters.token(), new byte[256]).expiring(Instant.MAX);
    assertThatThrownBy(() -> keys.importKeyMaterial(id(cmk), material))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("too far ahead");
  }

  private void assertRefused(CmkDescription cmk, MaterialImport material, Reason reason) {
    assertThatThrownBy(() -> keys.importKeyMaterial(id(cmk), material))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class, e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(test.lastRecord().result()).isEqualTo("bad-input " + reason);
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
  }
}
