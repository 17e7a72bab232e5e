package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.NssToken;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.KDF;
import javax.crypto.KDFParameters;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code KDF} in the device, on NSS softoken, which has HKDF. */
@ExtendWith(SoftHsmExtension.class)
class KdfTest {
  private static final byte[] SALT = {1, 2, 3};
  private static final byte[] INFO = {4, 5};

  private static HsmProvider provider;

  @BeforeAll
  static void open(@TempDir Path dir) {
    provider = new HsmProvider().configure(NssToken.create(dir).url());
  }

  @AfterAll
  static void close() {
    provider.close();
  }

  /** A secret that is in the HSM to derive from, and the same in software. */
  private record Shared(SecretKey inHsm, SecretKey inSoftware) {}

  private static Shared shared() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(
        HsmKeySpec.session("pair " + System.nanoTime()).withBits(256).withUsages(KeyUsage.DERIVE));
    KeyPair ours = generator.generateKeyPair();
    KeyPairGenerator software = KeyPairGenerator.getInstance("EC", "SunEC");
    software.initialize(256);
    KeyPair theirs = software.generateKeyPair();
    KeyAgreement inside = KeyAgreement.getInstance("ECDH", provider);
    inside.init(ours.getPrivate());
    inside.doPhase(theirs.getPublic(), true);
    KeyAgreement outside = KeyAgreement.getInstance("ECDH", "SunEC");
    outside.init(theirs.getPrivate());
    outside.doPhase(ours.getPublic(), true);
    return new Shared(
        inside.generateSecret("TlsPremasterSecret"),
        new SecretKeySpec(outside.generateSecret(), "Generic"));
  }

  private static AlgorithmParameterSpec both(SecretKey secret, int bytes) {
    return HKDFParameterSpec.ofExtract().addIKM(secret).addSalt(SALT).thenExpand(INFO, bytes);
  }

  private static byte[] hmac(SecretKey key) throws Exception {
    Mac mac =
        key.getEncoded() == null
            ? Mac.getInstance("HmacSHA256", provider)
            : Mac.getInstance("HmacSHA256", "SunJCE");
    mac.init(key);
    return mac.doFinal(new byte[] {7});
  }

  @ParameterizedTest
  @CsvSource({
    "HKDF-SHA256, 32",
    "HKDF-SHA256, 100",
    "HKDF-SHA384, 32",
    "HKDF-SHA384, 48",
    "HKDF-SHA512, 64"
  })
  void key_derivedInTheHsm_isTheOneOfTheJdk(String algorithm, int bytes) throws Exception {
    Shared secret = shared();

    SecretKey inHsm =
        KDF.getInstance(algorithm, provider)
            .deriveKey("GenericSecret", both(secret.inHsm(), bytes));
    SecretKey inSoftware =
        KDF.getInstance(algorithm, "SunJCE")
            .deriveKey("GenericSecret", both(secret.inSoftware(), bytes));

    assertThat(hmac(inHsm)).isEqualTo(hmac(inSoftware));
  }

  @Test
  @Difference("kdf-gives-keys")
  void key_described_isAsDescribedAndStaysInside() throws Exception {
    HsmKeySpec description =
        HsmKeySpec.session("traffic " + System.nanoTime()).withUsages(KeyUsage.ENCRYPT);
    KDF kdf = KDF.getInstance("HKDF-SHA256", description, provider);

    SecretKey derived = kdf.deriveKey("AES", both(shared().inHsm(), 16));

    KeyInfo info = provider.describe(derived);
    assertThat(info.label()).isEqualTo(description.label());
    assertThat(info.type()).isEqualTo(KeyType.AES_128);
    assertThat(info.usages()).containsExactly(KeyUsage.ENCRYPT);
    assertThat(derived.getEncoded()).isNull();
    assertThat(kdf.getParameters()).isEqualTo(description);
  }

  @Test
  @Difference("kdf-gives-keys")
  void data_derived_isRefusedAndSaysWhatToDo() throws Exception {
    KDF kdf = KDF.getInstance("HKDF-SHA256", provider);
    AlgorithmParameterSpec given = both(shared().inHsm(), 32);

    assertThatThrownBy(() -> kdf.deriveData(given))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasStackTraceContaining("stays in the HSM");
  }

  @Test
  void softwareKey_withoutANamedProvider_isDerivedInSoftware() throws Exception {
    java.security.Security.insertProviderAt(provider, 1);
    try {
      SecretKey software = new SecretKeySpec(new byte[32], "Generic");

      assertThat(KDF.getInstance("HKDF-SHA256").deriveKey("AES", both(software, 32)).getEncoded())
          .hasSize(32);
      assertThat(KDF.getInstance("HKDF-SHA256").deriveData(both(software, 32))).hasSize(32);
    } finally {
      java.security.Security.removeProvider(HsmProvider.NAME);
    }
  }

  @Test
  void input_thatDoesNotFit_isRefused() throws Exception {
    KDF kdf = KDF.getInstance("HKDF-SHA256", provider);
    SecretKey secret = shared().inHsm();
    SecretKey aes = KeyGenerator.getInstance("AES", provider).generateKey();
    SecretKey signing = KeyGenerator.getInstance("HmacSHA256", provider).generateKey();
    SecretKey software = new SecretKeySpec(new byte[32], "Generic");

    refused(kdf, both(software, 32), "wanted one that is in");
    refused(kdf, both(aes, 32), "SECRET");
    refused(kdf, both(signing, 32), "DERIVE");
    refused(
        kdf,
        HKDFParameterSpec.ofExtract().addIKM(secret).addIKM(secret).thenExpand(INFO, 32),
        "2 keys");
    refused(kdf, HKDFParameterSpec.ofExtract().addSalt(SALT).thenExpand(INFO, 32), "0 keys");
    refused(
        kdf,
        HKDFParameterSpec.ofExtract().addIKM(secret).addSalt(secret).thenExpand(INFO, 32),
        "no secret");
    refused(kdf, HKDFParameterSpec.ofExtract().addIKM(secret).extractOnly(), "in one");
    refused(kdf, HKDFParameterSpec.expandOnly(secret, INFO, 32), "in one");
    refused(kdf, both(secret, 513), "4104 bits");
    assertThatThrownBy(() -> kdf.deriveKey("DES", both(secret, 8)))
        .isInstanceOf(GeneralSecurityException.class)
        .hasStackTraceContaining("GenericSecret");
    assertThatThrownBy(() -> kdf.deriveKey("AES", both(secret, 17)))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasStackTraceContaining("136 bits");
  }

  @Test
  void parameters_thatDescribeNoKey_areRefused() {
    KDFParameters other = new KDFParameters() {};

    assertThatThrownBy(() -> KDF.getInstance("HKDF-SHA256", other, provider))
        .isInstanceOfAny(InvalidAlgorithmParameterException.class, NoSuchAlgorithmException.class)
        .hasMessageContaining("HsmKeySpec");
  }

  @Test
  void length_thatTheDescriptionContradicts_isRefused() throws Exception {
    HsmKeySpec description = HsmKeySpec.session("twice").withBits(256);
    KDF kdf = KDF.getInstance("HKDF-SHA256", description, provider);

    refused(kdf, both(shared().inHsm(), 16), "256 bits");
  }

  @Test
  void kdf_onADeviceWithoutHkdf_isNotOffered(SoftHsmToken token) {
    try (HsmProvider softHsm = new HsmProvider().configure(token.url())) {
      assertThatThrownBy(() -> KDF.getInstance("HKDF-SHA256", softHsm))
          .isInstanceOf(NoSuchAlgorithmException.class);
    }
  }

  // The JDK's KDF puts its own message around the engine's.
  private static void refused(KDF kdf, AlgorithmParameterSpec given, String said) {
    assertThatThrownBy(() -> kdf.deriveKey("GenericSecret", given))
        .isInstanceOf(InvalidAlgorithmParameterException.class)
        .hasStackTraceContaining(said);
  }
}
