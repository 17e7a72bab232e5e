package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.DeriveAlgorithm.Ecdh;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices that take public keys in another form, or have a mechanism but not this curve. */
@ExtendWith(SoftHsmExtension.class)
class DeriveFaultsTest {
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

  private static KeySpec spec(KeyType type) {
    KeyId id = Material.id();
    return KeySpec.of(id, "faults-" + id, type).asSession();
  }

  private KeyInfo pair() {
    return hsm.create(spec(KeyType.EC_P256).withUsages(KeyUsage.DERIVE));
  }

  private static Ecdh with(KeyInfo peer) {
    return new Ecdh(Objects.requireNonNull(peer.publicKey()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CKR_MECHANISM_PARAM_INVALID", "CKR_ARGUMENTS_BAD", "CKR_DOMAIN_PARAMS_INVALID"})
  void point_refusedRaw_isGivenInDer(String answer) {
    KeyInfo own = pair();
    Ecdh peer = with(pair());
    byte[] check = hsm.checkValue(hsm.derive(own.id(), peer, spec(KeyType.AES_256)).id());
    faults.set(Fault.on("C_DeriveKey").nth(1).returns(answer));

    KeyInfo derived = hsm.derive(own.id(), peer, spec(KeyType.AES_256));

    assertThat(faults.fired()).containsExactly(1L);
    assertThat(hsm.checkValue(derived.id())).isEqualTo(check);
  }

  @Test
  void point_refusedInBothForms_isAnErrorAndNothingStays() {
    KeyInfo own = pair();
    Ecdh peer = with(pair());
    KeySpec target = spec(KeyType.AES_256);
    faults.set(Fault.on("C_DeriveKey").always().returns("CKR_MECHANISM_PARAM_INVALID"));

    assertThatThrownBy(() -> hsm.derive(own.id(), peer, target))
        .isInstanceOf(HsmException.class)
        .hasMessageContainingAll("C_DeriveKey", "CKR_MECHANISM_PARAM_INVALID");
    faults.clear();
    assertThatThrownBy(() -> hsm.key(target.id())).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void montgomeryPair_deviceWithEdwardsCurvesOnly_saysSo() {
    faults.set(Fault.on("C_GenerateKeyPair").always().returns("CKR_CURVE_NOT_SUPPORTED"));

    assertThatThrownBy(() -> hsm.create(spec(KeyType.X25519)))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContainingAll("CKM_EC_MONTGOMERY_KEY_PAIR_GEN", "MONTGOMERY_255");
  }
}
