package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.KeyUsage.DERIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.DeriveAlgorithm.Ecdh;
import io.strongroom.hsm.DeriveAlgorithm.Hkdf;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm.Hmac;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Objects;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Derivation on NSS softoken, which has HKDF; SoftHSM2 has not. */
@DeviceExtension.OnNss
@ExtendWith(DeviceExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NssDeriveTest {
  private static final byte[] MESSAGE = {1, 2, 3};

  private final Hsm hsm;
  private final Material material;

  NssDeriveTest(DeviceExtension.Url url) {
    hsm = Hsm.open(url.text());
    material = new Material(hsm);
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  private static KeySpec spec(KeyType type) {
    return KeySpec.of(Material.id(), "derive-" + Material.id(), type);
  }

  private byte[] hmac(KeyInfo key) {
    return hsm.mac(key.id(), new Hmac(Digest.SHA_256), MESSAGE);
  }

  private static byte[] hmacInJdk(byte[] key) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(MESSAGE);
  }

  @ParameterizedTest
  @CsvSource({"SHA_256, 256", "SHA_384, 256", "SHA_512, 512"})
  void hkdf_ofKnownMaterial_isThatOfTheJdk(Digest digest, int bits) throws Exception {
    byte[] raw = Material.random(32);
    byte[] salt = Material.random(13);
    byte[] info = Material.random(10);
    KeyInfo base = material.open(raw, spec(KeyType.secret(256)).withUsages(DERIVE));
    byte[] expected =
        KDF.getInstance("HKDF-" + digest.jcaName().replace("-", ""), "SunJCE")
            .deriveData(
                HKDFParameterSpec.ofExtract().addIKM(raw).addSalt(salt).thenExpand(info, bits / 8));

    KeyInfo derived =
        hsm.derive(base.id(), new Hkdf(digest, salt, info), spec(KeyType.secret(bits)));

    assertThat(derived.type()).isEqualTo(KeyType.secret(bits));
    assertThat(hmac(derived)).isEqualTo(hmacInJdk(expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 384, 521})
  void ecdh_withTheJdk_isTheSameSecret(int bits) throws Exception {
    KeyType type = new KeyType(KeyType.Family.EC, bits);
    KeyInfo own = hsm.create(spec(type).withUsages(DERIVE));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(bits);
    KeyPair peer = generator.generateKeyPair();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", "SunEC");
    agreement.init(peer.getPrivate());
    agreement.doPhase(Objects.requireNonNull(own.publicKey()), true);

    KeyInfo derived =
        hsm.derive(own.id(), new Ecdh(peer.getPublic()), spec(KeyType.secret(8 * type.bytes())));

    assertThat(hmac(derived)).isEqualTo(hmacInJdk(agreement.generateSecret()));
  }

  @Test
  void montgomeryPair_unsupportedNamesTheMechanism() {
    assertThatThrownBy(() -> hsm.create(spec(KeyType.X25519).withUsages(DERIVE)))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("CKM_EC_MONTGOMERY_KEY_PAIR_GEN");
  }
}
