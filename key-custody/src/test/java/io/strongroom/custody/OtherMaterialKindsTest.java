package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static io.strongroom.custody.WrappingAlgorithm.RSA_AES_KEY_WRAP_SHA_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Import of secrets for HMAC and of private keys. */
class OtherMaterialKindsTest extends TokenTest {

  private static final int RSA_ALGORITHM_BYTES = 26;

  @Test
  void importKeyMaterial_hmacSecret_makesTheOwnersMacs() throws Exception {
    byte[] secret = Materials.bytes(32, 41);
    CmkDescription cmk = external(CmkSpec.HMAC_256);
    CmkDescription imported = importInto(cmk, secret, null);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    assertThat(imported.state()).isEqualTo(KeyState.ENABLED);
    assertThat(imported.kcv()).isEqualTo(HexFormat.of().formatHex(mac.doFinal(), 0, 3));
    assertThat(hsm.mac(inHsm(cmk).id(), new MacAlgorithm.Hmac(Digest.SHA_256), new byte[3]))
        .isEqualTo(mac.doFinal(new byte[3]));
    keys.deleteMaterial(id(cmk));
    assertRefused(cmk, Materials.bytes(32, 42), null, Reason.OTHER_MATERIAL);
    assertThat(importInto(cmk, secret, null).kcv()).isEqualTo(imported.kcv());
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 31, 33, 40, 64})
  void importKeyMaterial_hmacSecretOfOtherLength_isRefusedAndLeavesNothing(int bytes) {
    CmkDescription cmk = external(CmkSpec.HMAC_256);
    assertRefused(cmk, Materials.bytes(bytes, 43), null, Reason.MATERIAL_LENGTH);
  }

  @Test
  void importKeyMaterial_hmacSecretOfOneByteRepeated_isRefusedAndLeavesNothing() {
    assertRefused(external(CmkSpec.HMAC_256), new byte[32], null, Reason.MATERIAL_WEAK);
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "ECC_NIST_P256", "ECC_NIST_P384"})
  void importKeyMaterial_privateKey_signsAsTheOwnersPublicKeyVerifies(CmkSpec spec)
      throws Exception {
    KeyPair pair = pair(spec);
    CmkDescription cmk = external(spec);
    CmkDescription imported = importInto(cmk, pair.getPrivate().getEncoded(), pair);

    assertThat(imported.state()).isEqualTo(KeyState.ENABLED);
    assertThat(imported.kcv())
        .isEqualTo(Hashes.sha256Hex(pair.getPublic().getEncoded()).substring(0, 6));
    assertThat(inHsm(cmk).type()).isEqualTo(spec.type());
    assertThat(hsm.attemptExport(inHsm(cmk).id())).isNotEmpty().allMatch(ExportAttempt::refused);
    assertThat(verifies(pair, inHsm(cmk))).isTrue();
    KeyPair other = pair(spec);
    keys.deleteMaterial(id(cmk));
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertRefused(cmk, other.getPrivate().getEncoded(), other, Reason.OTHER_MATERIAL);
    assertThat(importInto(cmk, pair.getPrivate().getEncoded(), pair).kcv())
        .isEqualTo(imported.kcv());
  }

  @Test
  void importKeyMaterial_rsaKeyWithoutPublicKey_findsItInTheHsm() throws Exception {
    KeyPair pair = pair(CmkSpec.RSA_2048);
    CmkDescription cmk = external(CmkSpec.RSA_2048);
    importInto(cmk, pair.getPrivate().getEncoded(), null);
    assertThat(inHsm(cmk).publicKey()).isEqualTo(pair.getPublic());
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_2048, ECC_NIST_P256, PUBLIC_KEY",
    "ECC_NIST_P256, ECC_NIST_P384, PUBLIC_KEY",
    "ECC_NIST_P384, RSA_2048, PUBLIC_KEY"
  })
  void importKeyMaterial_pairOfAnotherSpec_isRefusedAndLeavesNothing(
      CmkSpec spec, CmkSpec wrong, Reason reason) throws Exception {
    KeyPair pair = pair(wrong);
    assertRefused(external(spec), pair.getPrivate().getEncoded(), pair, reason);
  }

  @ParameterizedTest
  @CsvSource({"RSA_2048, RSA_2048", "ECC_NIST_P256, ECC_NIST_P256", "ECC_NIST_P256, ECC_NIST_P384"})
  void importKeyMaterial_privateKeyOfAnotherPair_isRefusedAndLeavesNothing(
      CmkSpec spec, CmkSpec wrong) throws Exception {
    assertRefused(
        external(spec), pair(wrong).getPrivate().getEncoded(), pair(spec), Reason.MATERIAL_KIND);
  }

  @Test
  void importKeyMaterial_longerRsaKey_isRefusedAndLeavesNothing() throws Exception {
    byte[] longer = pair(CmkSpec.RSA_2048).getPrivate().getEncoded();
    assertRefused(external(CmkSpec.RSA_3072), longer, null, Reason.MATERIAL_KIND);
  }

  @Test
  void importKeyMaterial_ecKeyWithoutPublicKey_isRefusedAndLeavesNothing() throws Exception {
    byte[] key = pair(CmkSpec.ECC_NIST_P256).getPrivate().getEncoded();
    assertRefused(external(CmkSpec.ECC_NIST_P256), key, null, Reason.PUBLIC_KEY);
  }

  @Test
  void importKeyMaterial_privateKeyEncodedOtherwise_isRefusedAndLeavesNothing() throws Exception {
    KeyPair pair = pair(CmkSpec.RSA_2048);
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, RSA_ALGORITHM_BYTES, pkcs8.length);
    byte[] pem =
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(pkcs8))
            .getBytes(StandardCharsets.US_ASCII);
    CmkDescription cmk = external(CmkSpec.RSA_2048);
    assertRefused(cmk, pkcs1, pair, Reason.MATERIAL_NOT_OPENED);
    assertRefused(cmk, pem, pair, Reason.MATERIAL_NOT_OPENED);
    assertRefused(cmk, Materials.bytes(32, 5), pair, Reason.MATERIAL_NOT_OPENED);
  }

  @Test
  void parametersForImport_privateKeyUnderOaep_isRefusedNamingWhatTakesIt() {
    CmkDescription cmk = external(CmkSpec.ECC_NIST_P256);
    assertThatThrownBy(() -> test.parameters(cmk))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_SUPPORTED))
        .hasMessageContaining("RSA_AES_KEY_WRAP_SHA_256");
    assertThat(test.labels("custody/wrapping/")).isEmpty();
  }

  private void assertRefused(
      CmkDescription cmk, byte[] material, @Nullable KeyPair pair, Reason reason) {
    assertThatThrownBy(() -> importInto(cmk, material, pair))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    assertThat(test.labelsOf(cmk)).isEmpty();
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
  }

  private CmkDescription importInto(CmkDescription cmk, byte[] material, @Nullable KeyPair pair) {
    ImportParameters parameters =
        keys.parametersForImport(id(cmk), RSA_AES_KEY_WRAP_SHA_1, WrappingKeySpec.RSA_2048);
    byte[] wrapped = Materials.wrapped(RSA_AES_KEY_WRAP_SHA_1, parameters.publicKey(), material);
    return keys.importKeyMaterial(
        id(cmk),
        MaterialImport.of(parameters.token(), wrapped)
            .withPublicKey(pair == null ? null : pair.getPublic()));
  }

  private CmkDescription external(CmkSpec spec) {
    return keys.createKey(KeyRequest.external().withSpec(spec));
  }

  private KeyInfo inHsm(CmkDescription cmk) {
    return hsm.key(test.labelsOf(cmk).getFirst());
  }

  private boolean verifies(KeyPair pair, KeyInfo key) throws GeneralSecurityException {
    boolean rsa = pair.getPublic().getAlgorithm().equals("RSA");
    byte[] input = Materials.bytes(32, 12);
    byte[] signature =
        hsm.sign(
            key.id(),
            rsa ? new SignatureAlgorithm.RsaPkcs1() : new SignatureAlgorithm.Ecdsa(),
            input);
    Signature verifier = Signature.getInstance(rsa ? "NONEwithRSA" : "NONEwithECDSAinP1363Format");
    verifier.initVerify(pair.getPublic());
    verifier.update(input);
    return verifier.verify(signature);
  }

  private static KeyPair pair(CmkSpec spec) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(spec.type().family().name());
    generator.initialize(spec.type().bits());
    return generator.generateKeyPair();
  }
}
