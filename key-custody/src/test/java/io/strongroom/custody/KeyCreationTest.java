package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.softhsm.NssToken;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KeyCreationTest extends TokenTest {

  @ParameterizedTest
  @MethodSource("specsAndUses")
  void createKey_everySpecAndUse_mayDoThatAndNothingElse(CmkSpec spec, KeyUse use) {
    CmkDescription cmk = keys.createKey(KeyRequest.generated().withSpec(spec).withUse(use));
    assertThat(cmk.spec()).isEqualTo(spec);
    assertThat(cmk.use()).isEqualTo(use);
    assertThat(cmk.kcv()).hasSize(6);
    KeyInfo inToken = hsm.key("cmk/" + cmk.keyId() + "/v1");
    assertThat(inToken.type()).isEqualTo(spec.type());
    assertThat(inToken.usages()).containsExactlyInAnyOrderElementsOf(use.onDevice());
    assertThat(hsm.attemptExport(inToken.id())).isNotEmpty().allMatch(attempt -> attempt.refused());
    if (!spec.type().isSecret()) {
      assertThat(keys.publicKey(id(cmk))).isEqualTo(inToken.publicKey());
    }
  }

  static Stream<Arguments> specsAndUses() {
    // Long RSA keys take seconds to make: the second use is tried with the shortest.
    return Stream.concat(
        Arrays.stream(CmkSpec.values()).map(spec -> Arguments.of(spec, spec.use())),
        CmkSpec.RSA_2048.uses().stream().skip(1).map(use -> Arguments.of(CmkSpec.RSA_2048, use)));
  }

  @ParameterizedTest
  @CsvSource({
    "AES_256,SIGN_VERIFY",
    "HMAC_512,ENCRYPT_DECRYPT",
    "RSA_2048,GENERATE_VERIFY_MAC",
    "ECC_NIST_P521,ENCRYPT_DECRYPT"
  })
  void createKey_useThatTheSpecDoesNotHave_isBadInput(CmkSpec spec, KeyUse use) {
    assertThatThrownBy(() -> keys.createKey(KeyRequest.generated().withSpec(spec).withUse(use)))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("is for " + spec.use());
  }

  @Test
  void encrypt_rsaKeyForEncryption_isRefusedWithAdvice() {
    CmkDescription rsa =
        keys.createKey(
            KeyRequest.generated().withSpec(CmkSpec.RSA_2048).withUse(KeyUse.ENCRYPT_DECRYPT));
    assertThatThrownBy(() -> keys.encrypt(id(rsa), new byte[1], Map.of()))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class, e -> assertThat(e.reason()).isEqualTo(Reason.KEY_USAGE))
        .hasMessageContaining("public key");
  }

  @ParameterizedTest
  @EnumSource(names = {"AES_256", "HMAC_256"})
  void publicKey_secretKey_isRefused(CmkSpec spec) {
    CmkDescription secret = keys.createKey(KeyRequest.generated().withSpec(spec));
    assertThatThrownBy(() -> keys.publicKey(id(secret)))
        .isInstanceOf(CustodyException.Refused.class)
        .hasMessageContaining("only RSA and ECC");
  }

  /** The device can make the key in most rows, and cannot use it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AES_256        | CKM_AES_KEY_GEN        | CKM_GENERIC_SECRET_KEY_GEN",
        "AES_256        | CKM_AES_GCM            | CKM_AES_CBC",
        "HMAC_384       | CKM_SHA384_HMAC        | CKM_SHA256_HMAC",
        "RSA_2048       | CKM_RSA_PKCS_PSS,CKM_RSA_PKCS | CKM_SHA1_RSA_PKCS_PSS",
        "ECC_NIST_P521  | CKM_EC_KEY_PAIR_GEN    | CKM_EC_EDWARDS_KEY_PAIR_GEN",
        "ECC_NIST_P256  | CKM_ECDSA              | CKM_EDDSA",
      })
  void createKey_deviceWithoutTheMechanism_isRefusedByNameAndLeavesNothing(
      CmkSpec spec, String lacking, String nearest, @TempDir Path dir) throws IOException {
    SoftHsmToken token = SoftHsmToken.create(dir.resolve("token"), "device").withOwnLibrary();
    Files.writeString(
        token.conf(),
        // SoftHSM2 2.6.1 does not read the first name of a list that takes away.
        "slots.mechanisms = -NONE," + lacking + "\n",
        StandardOpenOption.APPEND);
    requireRefused(token.url(), spec, lacking, nearest, dir);
  }

  @Test
  void createKey_edwardsKeyOnNss_isRefusedByNameAndLeavesNothing(@TempDir Path dir) {
    requireRefused(
        NssToken.create(dir.resolve("nss")).url(),
        CmkSpec.ECC_NIST_EDWARDS25519,
        "CKM_EC_EDWARDS_KEY_PAIR_GEN",
        "CKM_EC_KEY_PAIR_GEN",
        dir);
  }

  private static void requireRefused(
      String url, CmkSpec spec, String lacking, String nearest, Path dir) {
    try (Hsm device = Hsm.open(url);
        TestCustody own = new TestCustody(device, dir)) {
      assertThatThrownBy(() -> own.keys().createKey(KeyRequest.generated().withSpec(spec)))
          .isInstanceOfSatisfying(
              CustodyException.Refused.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.NOT_SUPPORTED))
          .hasMessageContainingAll("no " + lacking.split(",")[0], nearest);
      assertThat(own.labels("cmk/")).isEmpty();
      assertThat(own.keys().listKeys()).isEmpty();
    }
  }

  @Test
  void specs_namesThatStoresHold_stay() {
    Set<String> names = Set.copyOf(EnumSet.allOf(CmkSpec.class).stream().map(Enum::name).toList());
    assertThat(names)
        .contains(
            "AES_256",
            "HMAC_256",
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
            "ECC_NIST_P256",
            "ECC_NIST_P384");
  }
}
