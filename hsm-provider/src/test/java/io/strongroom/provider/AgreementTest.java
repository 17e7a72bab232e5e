package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.math.BigInteger;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.XECKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code KeyAgreement} with a private key in the HSM, and the JDK or Bouncy Castle opposite. */
@ExtendWith(SoftHsmExtension.class)
class AgreementTest {

  private static ProviderFixture fixture;

  @BeforeAll
  static void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private static KeyPair inHsm(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, fixture.provider);
    generator.initialize(
        HsmKeySpec.session(fixture.label()).withBits(bits).withUsages(KeyUsage.DERIVE));
    return generator.generateKeyPair();
  }

  private static KeyPair inSoftware(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, "SunEC");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static KeyAgreement agreement(String algorithm, Key own, PublicKey peer)
      throws Exception {
    KeyAgreement agreement = KeyAgreement.getInstance(algorithm, fixture.provider);
    agreement.init(own);
    assertThat(agreement.doPhase(peer, true)).isNull();
    return agreement;
  }

  private static byte[] secretInSoftware(String algorithm, KeyPair own, KeyPair peer)
      throws Exception {
    KeyAgreement agreement = KeyAgreement.getInstance(algorithm, "SunEC");
    agreement.init(own.getPrivate());
    agreement.doPhase(peer.getPublic(), true);
    return agreement.generateSecret();
  }

  private static byte[] hmac(SecretKey key) throws Exception {
    Mac mac =
        key.getEncoded() == null
            ? Mac.getInstance("HmacSHA256", fixture.provider)
            : Mac.getInstance("HmacSHA256", "SunJCE");
    mac.init(key);
    return mac.doFinal(new byte[] {7});
  }

  @ParameterizedTest
  @CsvSource({
    "EC, ECDH, 256",
    "EC, ECDH, 384",
    "EC, ECDH, 521",
    "XDH, XDH, 255",
    "XDH, X25519, 255",
    "X448, XDH, 448",
    "X448, X448, 448"
  })
  void secret_withAPeerInSoftware_isTheSameOnBothSides(String kind, String algorithm, int bits)
      throws Exception {
    KeyPair ours = inHsm(kind, bits);
    KeyPair theirs = inSoftware(kind.equals("X448") ? "XDH" : kind, bits);

    SecretKey derived =
        agreement(algorithm, ours.getPrivate(), theirs.getPublic()).generateSecret("HmacSHA256");

    byte[] shared = secretInSoftware(kind.equals("EC") ? "ECDH" : "XDH", theirs, ours);
    assertThat(hmac(derived)).isEqualTo(hmac(new SecretKeySpec(shared, "HmacSHA256")));
    assertThat(derived.getAlgorithm()).isEqualTo("HmacSHA256");
    derived.destroy();
  }

  @Test
  void secret_withAKeyOfBouncyCastle_isTheSame() throws Exception {
    KeyPair ours = inHsm("EC", 256);
    BouncyCastleProvider castle = new BouncyCastleProvider();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", castle);
    generator.initialize(256);
    KeyPair theirs = generator.generateKeyPair();
    KeyAgreement castles = KeyAgreement.getInstance("ECDH", castle);
    castles.init(theirs.getPrivate());
    castles.doPhase(ours.getPublic(), true);

    SecretKey derived =
        agreement("ECDH", ours.getPrivate(), theirs.getPublic()).generateSecret("Generic");

    assertThat(hmac(derived))
        .isEqualTo(hmac(new SecretKeySpec(castles.generateSecret(), "HmacSHA256")));
  }

  @Test
  void secret_betweenTwoKeysInTheHsm_isTheSameKey() throws Exception {
    KeyPair a = inHsm("EC", 384);
    KeyPair b = inHsm("EC", 384);

    SecretKey one = agreement("ECDH", a.getPrivate(), b.getPublic()).generateSecret("HmacSHA384");
    SecretKey two = agreement("ECDH", b.getPrivate(), a.getPublic()).generateSecret("HmacSHA384");

    assertThat(hmac(one)).isEqualTo(hmac(two));
  }

  @Test
  @Difference("agreement-gives-keys")
  void aes_notDescribed_isTheLast256BitsOfTheSecret() throws Exception {
    KeyPair ours = inHsm("EC", 521);
    KeyPair theirs = inSoftware("EC", 521);

    SecretKey derived =
        agreement("ECDH", ours.getPrivate(), theirs.getPublic()).generateSecret("AES");

    byte[] shared = secretInSoftware("ECDH", theirs, ours);
    Cipher inHsm = Cipher.getInstance("AES/ECB/NoPadding", fixture.provider);
    inHsm.init(Cipher.ENCRYPT_MODE, derived);
    Cipher jdk = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
    jdk.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(Arrays.copyOfRange(shared, shared.length - 32, shared.length), "AES"));
    assertThat(inHsm.doFinal(new byte[16])).isEqualTo(jdk.doFinal(new byte[16]));
  }

  @Test
  @Difference("agreement-gives-keys")
  void derivedKey_described_isAsDescribedAndStaysInside() throws Exception {
    KeyPair ours = inHsm("EC", 256);
    String label = fixture.label();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", fixture.provider);
    agreement.init(
        ours.getPrivate(),
        HsmKeySpec.token(label).withBits(128).withUsages(KeyUsage.ENCRYPT, KeyUsage.WRAP));
    agreement.doPhase(inSoftware("EC", 256).getPublic(), true);

    SecretKey derived = agreement.generateSecret("AES");

    KeyInfo info = fixture.provider.describe(derived);
    assertThat(info.label()).isEqualTo(label);
    assertThat(info.type()).isEqualTo(KeyType.AES_128);
    assertThat(info.usages()).containsExactlyInAnyOrder(KeyUsage.ENCRYPT, KeyUsage.WRAP);
    assertThat(info.session()).isFalse();
    assertThat(info.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(derived.getEncoded()).isNull();
    assertThat(fixture.keyStore().getKey(label, null)).isEqualTo(derived);
    fixture.keyStore().deleteEntry(label);
  }

  @Test
  @Difference("agreement-gives-keys")
  void sharedSecret_asBytes_isRefusedAndSaysWhatToDo() throws Exception {
    KeyPair ours = inHsm("EC", 256);
    KeyAgreement agreement =
        agreement("ECDH", ours.getPrivate(), inSoftware("EC", 256).getPublic());

    assertThatThrownBy(agreement::generateSecret)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll("stays in the HSM", "generateSecret(\"AES\")");
    assertThatThrownBy(() -> agreement.generateSecret(new byte[32], 0))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("stays in the HSM");
    assertThat(agreement.generateSecret("GenericSecret").getEncoded()).isNull();
  }

  @Test
  void premasterSecret_ofTls_isAKeyToDeriveFrom() throws Exception {
    SecretKey secret =
        agreement("ECDH", inHsm("EC", 256).getPrivate(), inSoftware("EC", 256).getPublic())
            .generateSecret("TlsPremasterSecret");

    KeyInfo info = fixture.provider.describe(secret);
    assertThat(info.type()).isEqualTo(KeyType.secret(256));
    assertThat(info.usages()).containsExactly(KeyUsage.DERIVE);
  }

  @Test
  void secondAgreement_afterTheFirst_needsANewPhase() throws Exception {
    KeyPair ours = inHsm("EC", 256);
    KeyPair theirs = inSoftware("EC", 256);
    KeyAgreement agreement = agreement("ECDH", ours.getPrivate(), theirs.getPublic());
    byte[] first = hmac(agreement.generateSecret("HmacSHA256"));

    assertThatThrownBy(() -> agreement.generateSecret("HmacSHA256"))
        .isInstanceOf(IllegalStateException.class);
    agreement.doPhase(theirs.getPublic(), true);
    assertThat(hmac(agreement.generateSecret("HmacSHA256"))).isEqualTo(first);
  }

  @Test
  @Difference("least-usages")
  void init_keyThatDoesNotFit_isInvalidKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", fixture.provider);
    KeyPair signing = generator.generateKeyPair();
    SecretKey aes = KeyGenerator.getInstance("AES", fixture.provider).generateKey();
    KeyAgreement ecdh = KeyAgreement.getInstance("ECDH", fixture.provider);
    KeyAgreement x25519 = KeyAgreement.getInstance("X25519", fixture.provider);

    assertInvalid(() -> ecdh.init(signing.getPrivate()), "DERIVE");
    assertInvalid(() -> ecdh.init(signing.getPublic()), "wanted one that is in");
    assertInvalid(() -> ecdh.init(inSoftware("EC", 256).getPrivate()), "wanted one that is in");
    assertInvalid(() -> ecdh.init(aes), "AES");
    assertInvalid(() -> ecdh.init(null), "no key");
    assertInvalid(() -> ecdh.init(inHsm("XDH", 255).getPrivate()), "MONTGOMERY");
    assertInvalid(() -> x25519.init(inHsm("XDH", 448).getPrivate()), "MONTGOMERY_255");
  }

  @Test
  void init_keyOfAnotherProvider_isInvalidKey() throws Exception {
    KeyPair ours = inHsm("EC", 256);
    HsmProvider other = new HsmProvider().configure(fixture.token.url());
    KeyAgreement ecdh = KeyAgreement.getInstance("ECDH", other);

    assertInvalid(() -> ecdh.init(ours.getPrivate()), "another Strongroom provider");
    other.close();
  }

  @Test
  void init_otherParameters_areRefused() throws Exception {
    Key own = inHsm("EC", 256).getPrivate();
    KeyAgreement ecdh = KeyAgreement.getInstance("ECDH", fixture.provider);

    assertThatThrownBy(() -> ecdh.init(own, new IvParameterSpec(new byte[16])))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContainingAll("HsmKeySpec", "IvParameterSpec");
    assertThatThrownBy(() -> ecdh.init(own, HsmKeySpec.token("strongroom-mine")))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("strongroom-");
    assertThatThrownBy(() -> ecdh.doPhase(inSoftware("EC", 256).getPublic(), true))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Difference("agreement-checks-the-peer")
  void phase_peerThatDoesNotFit_isInvalidKey() throws Exception {
    KeyPair ours = inHsm("EC", 256);
    KeyAgreement ecdh = KeyAgreement.getInstance("ECDH", fixture.provider);
    ecdh.init(ours.getPrivate());

    assertInvalid(() -> ecdh.doPhase(inSoftware("EC", 384).getPublic(), true), "EC_384");
    assertInvalid(() -> ecdh.doPhase(inSoftware("XDH", 255).getPublic(), true), "MONTGOMERY_255");
    assertInvalid(() -> ecdh.doPhase(ours.getPrivate(), true), "public key");
    assertInvalid(() -> ecdh.doPhase(null, true), "public key");
    assertThatThrownBy(() -> ecdh.doPhase(ours.getPublic(), false))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> ecdh.generateSecret("AES")).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  @Difference("agreement-checks-the-peer")
  void phase_pointOfSmallOrder_isInvalidKey(int number) throws Exception {
    PublicKey peer =
        java.security.KeyFactory.getInstance("XDH", "SunEC")
            .generatePublic(
                new XECPublicKeySpec(NamedParameterSpec.X25519, BigInteger.valueOf(number)));
    KeyAgreement agreement = KeyAgreement.getInstance("X25519", fixture.provider);
    agreement.init(inHsm("X25519", 255).getPrivate());

    assertInvalid(() -> agreement.doPhase(peer, true), "small order");
  }

  @Test
  void generateSecret_whatThereIsNot_isRefused() throws Exception {
    KeyPair ours = inHsm("EC", 256);
    KeyPair theirs = inSoftware("EC", 256);
    KeyAgreement agreement = agreement("ECDH", ours.getPrivate(), theirs.getPublic());

    for (String name : new String[] {"DES", "", "aes-256"}) {
      assertThatThrownBy(() -> agreement.generateSecret(name))
          .isInstanceOf(NoSuchAlgorithmException.class)
          .hasMessageContaining("GenericSecret");
    }
    agreement.init(ours.getPrivate(), HsmKeySpec.session(fixture.label()).withBits(512));
    agreement.doPhase(theirs.getPublic(), true);
    assertInvalid(() -> agreement.generateSecret("GenericSecret"), "32 bytes");
  }

  @Test
  void generateSecret_labelThatIsTaken_isInvalidKey() throws Exception {
    KeyPair ours = inHsm("EC", 256);
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", fixture.provider);
    agreement.init(ours.getPrivate(), HsmKeySpec.token("import"));
    agreement.doPhase(inSoftware("EC", 256).getPublic(), true);

    assertInvalid(() -> agreement.generateSecret("AES"), "import");
  }

  @ParameterizedTest
  @CsvSource({"X25519, 255", "X448, 448"})
  void montgomeryPair_byNameAndByParameters_isOnThatCurve(String curve, int bits) throws Exception {
    KeyPair byName = KeyPairGenerator.getInstance(curve, fixture.provider).generateKeyPair();
    KeyPairGenerator xdh = KeyPairGenerator.getInstance("XDH", fixture.provider);
    xdh.initialize(new NamedParameterSpec(curve));
    KeyPair byParameters = xdh.generateKeyPair();

    for (KeyPair pair : new KeyPair[] {byName, byParameters}) {
      assertThat(pair.getPrivate().getAlgorithm()).isEqualTo("XDH");
      assertThat(((NamedParameterSpec) ((XECKey) pair.getPrivate()).getParams()).getName())
          .isEqualTo(curve);
      assertThat(fixture.provider.describe(pair.getPrivate()).usages())
          .containsExactly(KeyUsage.DERIVE);
    }
    KeyPairGenerator named = KeyPairGenerator.getInstance(curve, fixture.provider);
    assertThatThrownBy(
            () -> named.initialize(HsmKeySpec.session(fixture.label()).withBits(703 - bits)))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(() -> xdh.initialize(NamedParameterSpec.ED25519))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasMessageContaining("X25519 or X448");
  }

  private interface Call {
    void run() throws Exception;
  }

  private static void assertInvalid(Call call, String said) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining(Objects.requireNonNull(said));
  }
}
