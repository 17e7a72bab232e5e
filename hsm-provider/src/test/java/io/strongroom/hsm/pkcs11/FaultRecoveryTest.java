package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What devices and their libraries do to our sessions, and that callers do not notice. */
@ExtendWith(SoftHsmExtension.class)
class FaultRecoveryTest {
  private static final AesEcb ECB = new AesEcb();
  private static final byte[] BLOCK = new byte[16];

  private final FaultyLibrary faults;
  private final Hsm hsm;
  private final KeyInfo key;

  FaultRecoveryTest(SoftHsmToken token, FaultyLibrary faults) {
    this.faults = faults;
    this.hsm = Hsm.open(faults.url() + "&x-sessions=4&x-copies=off");
    this.key = hsm.keys().isEmpty() ? hsm.create(spec("key")) : hsm.key("key");
  }

  @BeforeEach
  void warm() {
    encrypt();
  }

  @AfterEach
  void close() {
    faults.clear();
    hsm.close();
  }

  private static KeySpec spec(String label) {
    return KeySpec.of(id(), label, KeyType.AES_256);
  }

  private byte[] encrypt() {
    return hsm.encrypt(key.id(), ECB, BLOCK).bytes();
  }

  /** A fault, and how many logins it may cost. */
  record Case(String name, Fault fault, int logins) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> faults() {
    return Stream.of(
        new Case("sessions lost", Fault.on("*").losesSessions(), 1),
        new Case("logged out", Fault.on("*").logsOut(), 1),
        new Case("finalised", Fault.on("*").finalises(), 1),
        new Case("object handles stale", Fault.on("*").losesObjectHandles(), 0),
        new Case("broken", Fault.on("*").breaksLibrary("CKR_GENERAL_ERROR"), 1),
        new Case("broken device", Fault.on("*").breaksLibrary("CKR_DEVICE_ERROR"), 1),
        answer("C_EncryptInit", "CKR_SESSION_HANDLE_INVALID"),
        answer("C_EncryptInit", "CKR_SESSION_CLOSED"),
        answer("C_EncryptInit", "CKR_USER_NOT_LOGGED_IN"),
        answer("C_EncryptInit", "CKR_TOKEN_NOT_PRESENT"),
        answer("C_EncryptInit", "CKR_DEVICE_REMOVED"),
        answer("C_EncryptInit", "CKR_KEY_HANDLE_INVALID"),
        answer("C_EncryptInit", "CKR_OBJECT_HANDLE_INVALID"),
        answer("C_EncryptInit", "CKR_OPERATION_ACTIVE"),
        answer("C_EncryptInit", "CKR_CRYPTOKI_NOT_INITIALIZED"),
        answer("C_Encrypt", "CKR_DEVICE_ERROR"),
        answer("C_Encrypt", "CKR_DEVICE_MEMORY"),
        answer("C_Encrypt", "CKR_HOST_MEMORY"),
        answer("C_Encrypt", "CKR_GENERAL_ERROR"),
        answer("C_Encrypt", "CKR_FUNCTION_FAILED"),
        answer("C_Encrypt", "CKR_SESSION_HANDLE_INVALID"),
        answer("C_Encrypt", "CKR_OPERATION_NOT_INITIALIZED"),
        new Case(
            "a while of device errors",
            Fault.on("C_Encrypt").times(3).returns("CKR_DEVICE_ERROR"),
            0),
        new Case(
            "a while of no memory",
            Fault.on("C_Encrypt").times(3).returns("CKR_DEVICE_MEMORY"),
            0));
  }

  private static Case answer(String function, String returnValue) {
    return new Case(
        function + " answers " + returnValue, Fault.on(function).returns(returnValue), 0);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void operation_whenItHappens_succeedsWithTheSameKey(Case fault) {
    byte[] before = encrypt();
    long logins = faults.calls("C_Login");
    faults.set(fault.fault);

    assertThat(encrypt()).isEqualTo(before);

    assertThat(faults.fired().getFirst()).as("it happened").isPositive();
    assertThat(faults.calls("C_Login") - logins).as("logins").isEqualTo(fault.logins);
    assertThat(encrypt()).isEqualTo(before);
  }

  @Test
  void keyPair_afterALogoutByAnother_isStillAPair() {
    KeyInfo pair = hsm.create(KeySpec.of(id(), "pair", KeyType.EC_P256));
    hsm.sign(pair.id(), new SignatureAlgorithm.Ecdsa(), new byte[32]);
    faults.set(Fault.on("*").logsOut());

    assertThat(hsm.key(pair.id())).isEqualTo(pair);
    faults.set(Fault.on("*").logsOut());
    assertThat(hsm.sign(pair.id(), new SignatureAlgorithm.Ecdsa(), new byte[32])).hasSize(64);
    hsm.destroy(pair.id());
  }

  @Test
  void token_removedAndBackInAnotherSlot_worksAgain() {
    byte[] before = encrypt();
    long logins = faults.calls("C_Login");
    faults.set(Fault.on("*").removesToken());

    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(this::encrypt)
          .isInstanceOf(HsmException.DeviceUnavailable.class)
          .hasMessageContaining("no token");
    }
    assertThat(faults.calls("C_Login")).as("no login without a token").isEqualTo(logins);
    faults.set(Fault.on("*").returnsToken());

    assertThat(encrypt()).isEqualTo(before);
    assertThat(faults.calls("C_Login")).isEqualTo(logins + 1);
  }

  @Test
  void device_downAndUp_failsMeanwhileAndWorksAfterwards() {
    byte[] before = encrypt();
    long calls = faults.calls();
    faults.set(Fault.on("*").always().returns("CKR_DEVICE_ERROR"));
    HsmException.DeviceUnavailable down =
        catchThrowableOfType(HsmException.DeviceUnavailable.class, this::encrypt);
    assertThat(down).isNotNull();
    assertThat(down.repeatElsewhere()).isTrue();
    assertThat(faults.calls() - calls).as("calls are bounded").isLessThan(50);

    faults.clear();
    assertThat(encrypt()).isEqualTo(before);
  }

  @Test
  void sessionKey_lostWithItsSession_keyNotFoundSaysSo() {
    KeyInfo session = hsm.create(spec("session").asSession());
    assertThat(hsm.checkValue(session.id())).hasSize(3);
    faults.set(Fault.on("*").losesSessions());

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> hsm.checkValue(session.id()))
          .isInstanceOf(HsmException.KeyNotFound.class)
          .hasMessageContaining("session key")
          .hasMessageContaining("lost");
    }
  }

  @Test
  void twoHsms_onALibraryThatWasFinalised_neverShareASession() {
    try (Hsm second = Hsm.open(faults.url() + "&x-sessions=4&x-copies=off")) {
      byte[] before = encrypt();
      assertThat(second.encrypt(key.id(), ECB, BLOCK).bytes()).isEqualTo(before);
      faults.set(Fault.on("*").finalises());
      long logins = faults.calls("C_Login");

      assertThat(encrypt()).isEqualTo(before);
      long opened = faults.calls("C_OpenSession");
      assertThat(second.encrypt(key.id(), ECB, BLOCK).bytes()).isEqualTo(before);

      assertThat(faults.calls("C_OpenSession") - opened).as("sessions of its own").isPositive();
      assertThat(faults.calls("C_Login") - logins).isEqualTo(2);
      assertThat(encrypt()).as("its sessions were not closed by the other").isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CKR_GENERAL_ERROR", "CKR_FUNCTION_FAILED", "CKR_DEVICE_ERROR"})
  void decrypt_deviceFailsOnce_isNoTampering(String returnValue) {
    AesGcm gcm = AesGcm.withDeviceIv(new byte[0]);
    Encrypted encrypted = hsm.encrypt(key.id(), gcm, BLOCK);
    faults.set(Fault.on("C_Decrypt").returns(returnValue));

    AesGcm opening = AesGcm.withIv(encrypted.iv(), new byte[0]);
    assertThat(hsm.decrypt(key.id(), opening, encrypted.bytes())).isEqualTo(BLOCK);
    assertThat(faults.fired()).containsExactly(1L);

    faults.set(Fault.on("C_Decrypt").always().returns(returnValue));
    assertThatThrownBy(() -> hsm.decrypt(key.id(), opening, encrypted.bytes()))
        .isInstanceOf(HsmException.DeviceUnavailable.class);
  }

  @Test
  void decrypt_tampered_isStillRefusedAsThat() {
    Encrypted encrypted = hsm.encrypt(key.id(), AesGcm.withDeviceIv(new byte[0]), BLOCK);
    encrypted.bytes()[3] ^= 1;
    AesGcm opening = AesGcm.withIv(encrypted.iv(), new byte[0]);

    assertThatThrownBy(() -> hsm.decrypt(key.id(), opening, encrypted.bytes()))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  @Test
  void output_tooLargeForever_failsAfterABoundedNumberOfCalls() {
    long calls = faults.calls("C_Encrypt");
    faults.set(Fault.on("C_Encrypt").always().returns("CKR_BUFFER_TOO_SMALL"));

    assertThatThrownBy(this::encrypt)
        .isInstanceOf(HsmException.DeviceUnavailable.class)
        .hasMessageContaining("CKR_BUFFER_TOO_SMALL");
    assertThat(faults.calls("C_Encrypt") - calls).isBetween(1L, 4L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"C_FindObjects", "C_FindObjectsFinal"})
  void key_searchedWhileAllHandlesGoStale_isFound(String function) {
    faults.set(Fault.on(function).losesObjectHandles());

    assertThat(hsm.keys()).extracting(KeyInfo::id).contains(key.id());

    assertThat(faults.fired()).containsExactly(1L);
  }

  @Test
  void key_searchedWhileTheLoginGoesAndComesBack_isFound() throws Exception {
    try (Hsm fresh = Hsm.open(faults.url() + "&x-sessions=4");
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      fresh.random(1);
      faults.set(Fault.on("C_FindObjectsInit").logsOut(), Fault.on("C_FindObjectsFinal").hangs());
      Future<KeyInfo> searching = other.submit(() -> fresh.key(key.id()));
      Awaitility.await().until(() -> faults.hanging() == 1);

      assertThat(fresh.create(spec("other")).label()).isEqualTo("other");
      faults.release();

      assertThat(searching.get().id()).isEqualTo(key.id());
    }
  }
}
