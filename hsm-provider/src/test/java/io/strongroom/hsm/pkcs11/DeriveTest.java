package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.KeyUsage.DECRYPT;
import static io.strongroom.hsm.KeyUsage.DERIVE;
import static io.strongroom.hsm.KeyUsage.ENCRYPT;
import static io.strongroom.hsm.KeyUsage.SIGN;
import static io.strongroom.hsm.KeyUsage.VERIFY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm.Ecdh;
import io.strongroom.hsm.DeriveAlgorithm.Hkdf;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm.Hmac;
import io.strongroom.hsm.Protection;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys derived in the device, with the JDK as the other side. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeriveTest {
  private static final byte[] NONE = {};

  private final Hsm hsm;

  DeriveTest(SoftHsmToken token) {
    hsm = Hsm.open(token.url());
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  private static KeySpec spec(KeyType type) {
    KeyId id = Material.id();
    return KeySpec.of(id, "derive-" + id, type).asSession();
  }

  private KeyInfo pair(KeyType type) {
    return hsm.create(spec(type).withUsages(DERIVE));
  }

  private static KeyPair inJdk(KeyType type) throws Exception {
    boolean nist = type.family() == KeyType.Family.EC;
    KeyPairGenerator generator = KeyPairGenerator.getInstance(nist ? "EC" : "XDH", "SunEC");
    generator.initialize(
        nist
            ? new ECGenParameterSpec("secp" + type.bits() + "r1")
            : new NamedParameterSpec(type.equals(KeyType.X25519) ? "X25519" : "X448"));
    return generator.generateKeyPair();
  }

  private static Ecdh with(KeyPair peer) {
    return new Ecdh(peer.getPublic());
  }

  private static byte[] secretInJdk(KeyPair own, KeyInfo peer) throws Exception {
    boolean nist = peer.type().family() == KeyType.Family.EC;
    KeyAgreement agreement = KeyAgreement.getInstance(nist ? "ECDH" : "XDH", "SunEC");
    agreement.init(own.getPrivate());
    agreement.doPhase(Objects.requireNonNull(peer.publicKey()), true);
    return agreement.generateSecret();
  }

  private static byte[] hmacInJdk(byte[] key) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(new byte[] {1, 2, 3});
  }

  private byte[] hmac(KeyInfo key) {
    return hsm.mac(key.id(), new Hmac(Digest.SHA_256), new byte[] {1, 2, 3});
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC_256", "EC_384", "EC_521", "MONTGOMERY_255", "MONTGOMERY_448"})
  void wholeSecret_ofAnyCurve_isTheOneOfTheJdk(String curve) throws Exception {
    KeyType type = KeyType.parse(curve);
    KeyInfo own = pair(type);
    KeyPair peer = inJdk(type);

    KeyInfo derived = hsm.derive(own.id(), with(peer), spec(KeyType.secret(8 * type.bytes())));

    assertThat(hmac(derived)).isEqualTo(hmacInJdk(secretInJdk(peer, own)));
  }

  // A shared secret that begins with zeros keeps them (SP 800-56A appendix C.1).
  @Test
  void wholeSecret_thatBeginsWithZero_keepsItsLength() throws Exception {
    KeyInfo own = pair(KeyType.EC_P256);
    KeyPair peer = inJdk(KeyType.EC_P256);
    while (secretInJdk(peer, own)[0] != 0) {
      peer = inJdk(KeyType.EC_P256);
    }

    KeyInfo derived = hsm.derive(own.id(), with(peer), spec(KeyType.secret(256)));

    assertThat(hmac(derived)).isEqualTo(hmacInJdk(secretInJdk(peer, own)));
  }

  @ParameterizedTest
  @CsvSource({"EC_256, 128", "EC_256, 256", "EC_384, 192", "EC_521, 256", "MONTGOMERY_255, 128"})
  void aesKey_shorterThanTheSecret_isItsLastBytes(String curve, int bits) throws Exception {
    KeyType type = KeyType.parse(curve);
    KeyInfo own = pair(type);
    KeyPair peer = inJdk(type);
    byte[] secret = secretInJdk(peer, own);
    byte[] value = Arrays.copyOfRange(secret, secret.length - bits / 8, secret.length);

    KeyInfo derived = hsm.derive(own.id(), with(peer), spec(new KeyType(KeyType.Family.AES, bits)));

    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(value, "AES"));
    assertThat(hsm.encrypt(derived.id(), new AesEcb(), new byte[16]).bytes())
        .isEqualTo(cipher.doFinal(new byte[16]));
  }

  @ParameterizedTest
  @CsvSource({"AES_256, true", "AES_256, false", "SECRET_160, true", "SECRET_256, false"})
  void derivedKey_asSpecified_neverLeaves(String type, boolean session) throws Exception {
    KeyInfo own = pair(KeyType.EC_P256);
    KeySpec target = spec(KeyType.parse(type));
    target = session ? target : KeySpec.of(target.id(), target.label(), target.type());

    KeyInfo derived = hsm.derive(own.id(), with(inJdk(KeyType.EC_P256)), target);

    assertThat(derived.type()).isEqualTo(target.type());
    assertThat(derived.usages()).isEqualTo(target.usages());
    assertThat(derived.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(derived.session()).isEqualTo(session);
    assertThat(hsm.key(target.label())).isEqualTo(derived);
    assertThat(hsm.attemptExport(derived.id())).isNotEmpty().allMatch(ExportAttempt::refused);
    hsm.destroy(derived.id());
  }

  @Test
  void derive_repeated_findsTheFirstKey() throws Exception {
    KeyInfo own = pair(KeyType.EC_P256);
    KeySpec target = spec(KeyType.AES_256);
    KeyPair peer = inJdk(KeyType.EC_P256);
    KeyInfo first = hsm.derive(own.id(), with(peer), target);
    byte[] check = hsm.checkValue(first.id());

    assertThat(hsm.derive(own.id(), with(peer), target)).isEqualTo(first);
    assertThat(hsm.checkValue(first.id())).isEqualTo(check);
  }

  @Test
  void derive_labelOrIdOfAnotherKey_keyExists() throws Exception {
    KeyInfo own = pair(KeyType.EC_P256);
    KeyInfo present = hsm.create(spec(KeyType.AES_256));
    Ecdh algorithm = with(inJdk(KeyType.EC_P256));

    assertThatThrownBy(() ->
            hsm.derive(
                own.id(),
                algorithm,
                KeySpec.of(Material.id(), present.label(), KeyType.AES_256).asSession()))
        .isInstanceOf(HsmException.KeyExists.class);
    assertThatThrownBy(() ->
            hsm.derive(
                own.id(),
                algorithm,
                KeySpec.of(present.id(), present.label(), KeyType.AES_128).asSession()))
        .isInstanceOf(HsmException.KeyExists.class);
  }

  @Test
  void derive_unknownKey_keyNotFound() throws Exception {
    Ecdh algorithm = with(inJdk(KeyType.EC_P256));

    assertThatThrownBy(() -> hsm.derive(Material.id(), algorithm, spec(KeyType.AES_256)))
        .isInstanceOf(HsmException.KeyNotFound.class);
  }

  @ParameterizedTest
  @CsvSource({
    "EC_256, EC_384",
    "EC_384, EC_256",
    "EC_256, MONTGOMERY_255",
    "MONTGOMERY_255, MONTGOMERY_448",
    "MONTGOMERY_448, EC_521"
  })
  void derive_peerOnAnotherCurve_badInputThatNamesBoth(String own, String peer) throws Exception {
    KeyInfo key = pair(KeyType.parse(own));
    Ecdh algorithm = with(inJdk(KeyType.parse(peer)));

    refused(key, algorithm, KeyType.AES_128, own, peer);
  }

  @Test
  void derive_keyWithoutTheUsage_badInput() throws Exception {
    KeyInfo key = hsm.create(spec(KeyType.EC_P256).withUsages(SIGN, VERIFY));

    refused(key, with(inJdk(KeyType.EC_P256)), KeyType.AES_256, "DERIVE");
  }

  @Test
  void derive_keyOfAnotherFamily_badInput() throws Exception {
    KeyInfo aes = hsm.create(spec(KeyType.AES_256).withUsages(ENCRYPT, DECRYPT, DERIVE));
    Hkdf hkdf = new Hkdf(Digest.SHA_256, NONE, NONE);

    refused(aes, with(inJdk(KeyType.EC_P256)), KeyType.AES_256, "AES_256", "EC_256");
    refused(aes, hkdf, KeyType.AES_256, "SECRET");
    refused(pair(KeyType.EC_P256), hkdf, KeyType.AES_256, "SECRET");
  }

  @Test
  void derive_targetLongerThanTheSecret_badInput() throws Exception {
    refused(pair(KeyType.EC_P256), with(inJdk(KeyType.EC_P256)), KeyType.secret(264), "32 bytes");
    refused(pair(KeyType.X25519), with(inJdk(KeyType.X25519)), KeyType.secret(512), "32 bytes");
  }

  @Test
  void derive_targetThatIsAPair_badInput() throws Exception {
    refused(pair(KeyType.EC_P256), with(inJdk(KeyType.EC_P256)), KeyType.EC_P256, "EC_256");
  }

  private void refused(KeyInfo key, DeriveAlgorithm algorithm, KeyType type, String... said) {
    KeySpec target = spec(type);
    assertThatThrownBy(() -> hsm.derive(key.id(), algorithm, target))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContainingAll(said);
    assertThatThrownBy(() -> hsm.key(target.id())).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void hkdf_deviceWithoutIt_namesTheMechanismAndTheNearest() {
    KeyInfo secret = hsm.create(spec(KeyType.secret(256)).withUsages(DERIVE));
    KeySpec target = spec(KeyType.AES_256);

    assertThatThrownBy(() -> hsm.derive(secret.id(), new Hkdf(Digest.SHA_256, NONE, NONE), target))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContainingAll("CKM_HKDF_DERIVE", "CKM_ECDH1_DERIVE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MONTGOMERY_255", "MONTGOMERY_448"})
  void montgomeryPair_created_isReadBackWithItsPublicHalf(String curve) {
    KeyType type = KeyType.parse(curve);
    KeySpec spec = KeySpec.of(Material.id(), "montgomery-" + curve, type);

    KeyInfo made = hsm.create(spec);

    assertThat(made.type()).isEqualTo(type);
    assertThat(made.usages()).containsExactly(DERIVE);
    PublicKey shown = Objects.requireNonNull(made.publicKey());
    assertThat(shown.getAlgorithm()).isEqualTo("XDH");
    assertThat(hsm.checkValue(made.id())).hasSize(3);
    assertThat(hsm.attemptExport(made.id())).allMatch(ExportAttempt::refused);
    hsm.destroy(made.id());
  }

  @Test
  void montgomeryPrivateKey_wrapped_isNotTakenIn() throws Exception {
    Material material = new Material(hsm);
    byte[] pkcs8 = inJdk(KeyType.X25519).getPrivate().getEncoded();

    assertThatThrownBy(() -> material.open(pkcs8, spec(KeyType.X25519)))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("create");
  }
}
