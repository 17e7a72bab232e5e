package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults while keys are made, wrapped and destroyed: one key or none, and nothing left behind. */
@ExtendWith(SoftHsmExtension.class)
class FaultsInKeyMakingTest {
  private final FaultyLibrary faults;
  private final String url;
  private final Hsm hsm;
  private final KeyInfo wrapping;
  private final KeyInfo leaving;
  private final long before;

  FaultsInKeyMakingTest(SoftHsmToken token, FaultyLibrary faults) {
    this.faults = faults;
    this.url = faults.url() + "&x-copies=off";
    this.hsm = Hsm.open(url);
    hsm.keys().forEach(key -> hsm.destroy(key.id()));
    this.wrapping =
        hsm.create(
            KeySpec.of(id(), "wrapping", KeyType.AES_256)
                .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
    this.leaving =
        hsm.create(
            KeySpec.of(id(), "leaving", KeyType.AES_256).withProtection(Protection.LEAVES_WRAPPED));
    this.before = objects();
  }

  @AfterEach
  void close() {
    faults.clear();
    hsm.close();
  }

  /** How many objects the token has, whatever they are. */
  private long objects() {
    Pkcs11Uri uri = Pkcs11Uri.parse(url);
    try (SessionPool pool =
        new SessionPool(Library.open(uri.modulePath(), uri.environment()), uri)) {
      return pool.run(() -> "count objects", session -> (long) session.find(new Template()).size());
    }
  }

  static Stream<Fault> oneFault() {
    return Stream.of("CKR_DEVICE_ERROR", "CKR_GENERAL_ERROR", "CKR_SESSION_HANDLE_INVALID")
        .flatMap(code ->
            Stream.of(
                Fault.on("C_GenerateKeyPair").returns(code),
                Fault.on("C_GenerateKeyPair").returnsAfterwards(code),
                Fault.on("C_UnwrapKey").returns(code),
                Fault.on("C_UnwrapKey").returnsAfterwards(code),
                Fault.on("C_UnwrapKey").nth(2).returnsAfterwards(code),
                Fault.on("C_CopyObject").returns(code),
                Fault.on("C_CopyObject").returnsAfterwards(code),
                Fault.on("C_WrapKey").returnsAfterwards(code),
                Fault.on("C_GetAttributeValue").nth(2).returns(code),
                Fault.on("C_DestroyObject").returns(code),
                Fault.on("C_DestroyObject").returnsAfterwards(code),
                Fault.on("C_FindObjects").nth(3).returns(code)));
  }

  @ParameterizedTest
  @MethodSource("oneFault")
  void create_oneFault_makesOneKey(Fault fault) {
    KeySpec spec = KeySpec.of(id(), "pair", KeyType.EC_P256);
    faults.set(fault);

    assertThat(hsm.create(spec).id()).isEqualTo(spec.id());

    assertThat(objects()).isEqualTo(before + 2);
    hsm.destroy(spec.id());
    assertThat(objects()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("oneFault")
  void unwrap_oneFault_makesOneKey(Fault fault) {
    byte[] wrapped = hsm.wrap(wrapping.id(), new WrapAlgorithm.AesKwp(), leaving.id());
    KeySpec spec = KeySpec.of(id(), "opened", KeyType.AES_256);
    faults.set(fault);

    hsm.unwrap(wrapping.id(), new WrapAlgorithm.AesKwp(), wrapped, spec);

    assertThat(objects()).isEqualTo(before + 1);
    assertThat(hsm.checkValue(spec.id())).isEqualTo(hsm.checkValue(leaving.id()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CKR_FUNCTION_NOT_SUPPORTED", "CKR_ACTION_PROHIBITED", "CKR_GENERAL_ERROR"})
  void unwrap_deviceNeverCopies_makesTheKeyInTheToken(String code) {
    byte[] wrapped = hsm.wrap(wrapping.id(), new WrapAlgorithm.AesKwp(), leaving.id());
    KeySpec spec = KeySpec.of(id(), "opened", KeyType.AES_256);
    faults.set(Fault.on("C_CopyObject").always().returns(code));

    KeyInfo opened = hsm.unwrap(wrapping.id(), new WrapAlgorithm.AesKwp(), wrapped, spec);

    assertThat(opened.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(objects()).isEqualTo(before + 1);
    assertThat(hsm.checkValue(spec.id())).isEqualTo(hsm.checkValue(leaving.id()));
  }

  @Test
  void unwrap_tokenKey_isCopiedInAndSearchedForTwiceBeforeAndAfter() {
    byte[] wrapped = hsm.wrap(wrapping.id(), new WrapAlgorithm.AesKwp(), leaving.id());
    KeySpec spec = KeySpec.of(id(), "opened", KeyType.AES_256);
    long searches = faults.calls("C_FindObjectsInit");
    long copies = faults.calls("C_CopyObject");

    hsm.unwrap(wrapping.id(), new WrapAlgorithm.AesKwp(), wrapped, spec);

    // Both take longer in a fuller token: a search, and to make a key there attribute by attribute.
    assertThat(faults.calls("C_CopyObject") - copies).isEqualTo(1);
    assertThat(faults.calls("C_FindObjectsInit") - searches).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("oneFault")
  void wrap_oneFault_leavesNothing(Fault fault) {
    faults.set(fault);
    assertThat(hsm.wrap(wrapping.id(), new WrapAlgorithm.AesKwp(), leaving.id())).hasSize(40);
    assertThat(objects()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("oneFault")
  void destroy_oneFault_destroysTheKey(Fault fault) {
    KeyInfo pair = hsm.create(KeySpec.of(id(), "pair", KeyType.EC_P256));
    faults.set(fault);

    hsm.destroy(pair.id());

    assertThat(objects()).isEqualTo(before);
    faults.clear();
    assertThatThrownBy(() -> hsm.destroy(pair.id())).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CKR_DEVICE_ERROR", "CKR_GENERAL_ERROR"})
  void create_deviceGoneAfterTheKeyWasMade_leavesNothingOnceItIsBack(String code) {
    KeySpec spec = KeySpec.of(id(), "lost", KeyType.EC_P256);
    long made = faults.calls("C_GenerateKeyPair");
    faults.set(
        Fault.on("C_GenerateKeyPair").returnsAfterwards(code),
        Fault.on("C_FindObjectsInit").nth(3).always().returns(code),
        Fault.on("C_GetSessionInfo").nth(3).always().returns(code));

    assertThatThrownBy(() -> hsm.create(spec)).isInstanceOf(HsmException.DeviceUnavailable.class);
    assertThat(faults.calls("C_GenerateKeyPair") - made).as("the key was made").isEqualTo(1);
    faults.clear();

    KeyInfo next = hsm.create(KeySpec.of(id(), "next", KeyType.AES_256));
    assertThat(objects()).as("the next one only").isEqualTo(before + 1);
    hsm.destroy(next.id());
    assertThat(hsm.create(spec).label()).isEqualTo("lost");
  }

  @Test
  void close_afterAKeyCouldNotBeFinished_destroysIt() {
    faults.set(
        Fault.on("C_GenerateKey").returnsAfterwards("CKR_DEVICE_ERROR"),
        Fault.on("C_FindObjectsInit").nth(3).always().returns("CKR_DEVICE_ERROR"),
        Fault.on("C_GetSessionInfo").nth(3).always().returns("CKR_DEVICE_ERROR"));
    assertThatThrownBy(() -> hsm.create(KeySpec.of(id(), "lost", KeyType.AES_256)))
        .isInstanceOf(HsmException.DeviceUnavailable.class);
    faults.clear();

    hsm.close();

    assertThat(objects()).isEqualTo(before);
  }
}
