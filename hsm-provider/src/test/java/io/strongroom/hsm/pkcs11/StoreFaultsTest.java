package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.TestAuthority;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.SecureRandom;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeping keys and certificates on a device that fails in between, and how often it is asked. */
@ExtendWith(SoftHsmExtension.class)
class StoreFaultsTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private FaultyLibrary faults;
  private Hsm hsm;

  @BeforeEach
  void open(SoftHsmToken token) {
    faults = FaultyLibrary.over(token);
    hsm = Hsm.open(faults.url());
  }

  @AfterEach
  void close() {
    faults.clear();
    hsm.close();
    faults.close();
  }

  private static KeyId id() {
    return KeyId.random(RANDOM);
  }

  private KeyInfo pair(String label) {
    return hsm.create(KeySpec.of(id(), label, KeyType.EC_P256));
  }

  private static HsmCertificate certificate(KeyInfo key) throws Exception {
    return new HsmCertificate(
        key.id(),
        key.label(),
        TestAuthority.root("CA").issue(key.label(), Objects.requireNonNull(key.publicKey())));
  }

  @ParameterizedTest
  @CsvSource({"C_CopyObject, 1", "C_CopyObject, 2", "C_FindObjectsInit, 3"})
  void keep_thatFailsInBetween_leavesTheSessionKeyAndNothingElse(String function, long nth) {
    KeyInfo key = hsm.create(KeySpec.of(id(), "session", KeyType.EC_P256).asSession());
    faults.set(Fault.on(function).nth(nth).returns("CKR_FUNCTION_REJECTED"));

    assertThatThrownBy(() -> hsm.keep(key.id(), "kept"))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining(function);

    assertThat(faults.fired()).containsExactly(1L);
    faults.clear();
    assertThat(hsm.keys()).containsExactly(key);
    assertThat(hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), new byte[32])).hasSize(64);
    assertThat(hsm.keep(key.id(), "kept").session()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void keep_thatTheDeviceDidAlthoughItSaidOtherwise_leavesOneKey(long nth) {
    KeyInfo key = hsm.create(KeySpec.of(id(), "session", KeyType.EC_P256).asSession());
    faults.set(Fault.on("C_CopyObject").nth(nth).returnsAfterwards("CKR_DEVICE_MEMORY"));

    KeyInfo kept = hsm.keep(key.id(), "kept");

    assertThat(faults.fired()).containsExactly(1L);
    faults.clear();
    assertThat(hsm.keys()).containsExactly(kept);
    assertThat(hsm.sign(kept.id(), new SignatureAlgorithm.Ecdsa(), new byte[32])).hasSize(64);
  }

  @Test
  void keep_whoseSessionKeyCannotBeDestroyed_isDoneAllTheSame() {
    KeyInfo key = hsm.create(KeySpec.of(id(), "session", KeyType.AES_256).asSession());
    faults.set(Fault.on("C_DestroyObject").returns("CKR_FUNCTION_REJECTED"));
    assertThat(hsm.keep(key.id(), "kept").session()).isFalse();
    faults.clear();
    assertThat(hsm.key("kept").session()).isFalse();
  }

  @Test
  void store_thatFails_leavesNothing() throws Exception {
    HsmCertificate wanted = certificate(pair("server"));
    faults.set(Fault.on("C_CreateObject").returns("CKR_FUNCTION_REJECTED"));
    assertThatThrownBy(() -> hsm.storeCertificate(wanted))
        .isInstanceOf(HsmException.AccessDenied.class);
    faults.clear();
    assertThat(hsm.certificates()).isEmpty();
    hsm.storeCertificate(wanted);
    assertThat(hsm.certificates()).containsExactly(wanted);
  }

  @Test
  void replace_thatFailsBetweenNewAndOld_leavesBothAndARepeatCompletesIt() throws Exception {
    KeyInfo key = pair("server");
    HsmCertificate first = certificate(key);
    HsmCertificate second = certificate(key);
    hsm.storeCertificate(first);
    faults.set(Fault.on("C_DestroyObject").returns("CKR_FUNCTION_REJECTED"));
    assertThatThrownBy(() -> hsm.replaceCertificate(second))
        .isInstanceOf(HsmException.AccessDenied.class);
    faults.clear();
    assertThat(hsm.certificates()).containsExactlyInAnyOrder(first, second);
    hsm.replaceCertificate(second);
    assertThat(hsm.certificates()).containsExactly(second);
  }

  @Test
  void keyByLabel_afterTheFirstTime_isNotSearchedForAmongAllObjects() {
    KeyInfo key = pair("often");
    assertThat(hsm.key("often")).isEqualTo(key);
    long before = faults.calls("C_FindObjectsInit");
    for (int i = 0; i < 20; i++) {
      assertThat(hsm.key("often")).isEqualTo(key);
    }
    assertThat(faults.calls("C_FindObjectsInit")).isEqualTo(before);
  }

  @Test
  void keyByLabel_destroyedAndMadeAnewElsewhere_isTheNewOne(SoftHsmToken token) {
    KeyInfo first = pair("moved");
    assertThat(hsm.key("moved")).isEqualTo(first);
    try (Hsm other = Hsm.open(token.url())) {
      other.destroy(first.id());
      assertThatThrownBy(() -> hsm.key("moved")).isInstanceOf(HsmException.KeyNotFound.class);
      KeyInfo second = other.create(KeySpec.of(id(), "moved", KeyType.EC_P256));
      assertThat(hsm.key("moved").id()).isEqualTo(second.id());
    }
  }
}
