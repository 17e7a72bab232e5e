package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.CipherAlgorithm.AesCbc;
import io.strongroom.hsm.CipherAlgorithm.AesCtr;
import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.CipherAlgorithm.RsaOaep;
import io.strongroom.hsm.CipherAlgorithm.RsaPkcs1;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm.AesCmac;
import io.strongroom.hsm.MacAlgorithm.Hmac;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm.RsaPss;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The standards' own vectors, and the JDK's algorithms as a peer both ways. */
@ExtendWith(DeviceExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KnownAnswersTest {
  // The plaintext of the vectors in SP 800-38A, appendix F.
  private static final String PLAINTEXT =
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
  private static final String KEY_256 =
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

  private final AtomicInteger labels = new AtomicInteger();
  private final Hsm hsm;
  private final Material material;

  KnownAnswersTest(DeviceExtension.Url url) {
    hsm = Hsm.open(url.text());
    material = new Material(hsm);
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private String label() {
    return "key-" + labels.incrementAndGet();
  }

  private KeyInfo aes(byte[] raw) throws Exception {
    return material.open(
        raw,
        KeySpec.of(Material.id(), label(), new KeyType(KeyType.Family.AES, raw.length * 8))
            .withUsages(KeyUsage.ENCRYPT, KeyUsage.DECRYPT, KeyUsage.SIGN)
            .asSession());
  }

  private void assertBothWays(
      String rawKey, CipherAlgorithm algorithm, String plaintext, String ciphertext)
      throws Exception {
    KeyInfo key = aes(hex(rawKey));
    assertThat(hsm.encrypt(key.id(), algorithm, hex(plaintext)).bytes()).isEqualTo(hex(ciphertext));
    assertThat(hsm.decrypt(key.id(), algorithm, hex(ciphertext))).isEqualTo(hex(plaintext));
  }

  @Test
  void ecb_sp80038aF15_matches() throws Exception {
    assertBothWays(
        KEY_256,
        new AesEcb(),
        PLAINTEXT,
        "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870");
  }

  @Test
  void cbc_sp80038aF25_matches() throws Exception {
    assertBothWays(
        KEY_256,
        new AesCbc(hex("000102030405060708090a0b0c0d0e0f"), false),
        PLAINTEXT,
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d");
  }

  @Test
  void ctr_sp80038aF55_matches() throws Exception {
    assertBothWays(
        KEY_256,
        new AesCtr(hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")),
        PLAINTEXT,
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5");
  }

  // Test cases 13 to 16 of the GCM submission to NIST (McGrew and Viega, appendix B).
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0000000000000000000000000000000000000000000000000000000000000000"
            + "|000000000000000000000000|''|''|530f8afbc74536b9a963b4f1c4cb738b",
        "0000000000000000000000000000000000000000000000000000000000000000"
            + "|000000000000000000000000|''|00000000000000000000000000000000"
            + "|cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
            + "|cafebabefacedbaddecaf888|feedfacedeadbeeffeedfacedeadbeefabaddad2"
            + "|d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
            + "|522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            + "76fc6ece0f4e1768cddf8853bb2d551b"
      })
  void gcm_nistSubmission_matches(
      String key, String iv, String aad, String plaintext, String ciphertext) throws Exception {
    assertBothWays(key, AesGcm.withIv(hex(iv), hex(aad)), plaintext, ciphertext);
  }

  @Test
  void cmac_rfc4493_matches() throws Exception {
    KeyInfo key = aes(hex("2b7e151628aed2a6abf7158809cf4f3c"));
    assertThat(hsm.mac(key.id(), new AesCmac(), hex("6bc1bee22e409f96e93d7e117393172a")))
        .isEqualTo(hex("070a16b46b4d4144f79bdd9dd04a287c"));
  }

  // The key of RFC 4231 §4.4, made longer with zeros, which is the same key to HMAC.
  @ParameterizedTest
  @CsvSource({
    "SHA_256, 773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    "SHA_384, 88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
        + "2a5ab39dc13814b94e3ab6e101a34f27",
    "SHA_512, fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
        + "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"
  })
  void hmac_rfc4231_matches(Digest digest, String expected) throws Exception {
    byte[] raw = new byte[64];
    java.util.Arrays.fill(raw, 0, 20, (byte) 0xaa);
    byte[] message = new byte[50];
    java.util.Arrays.fill(message, (byte) 0xdd);
    KeyInfo key = material.open(raw, label(), KeyType.secret(512));

    assertThat(hsm.mac(key.id(), new Hmac(digest), message)).isEqualTo(hex(expected));
  }

  @ParameterizedTest
  @EnumSource(Digest.class)
  void hmac_everyDigest_matchesTheJdk(Digest digest) throws Exception {
    byte[] raw = Material.random(64);
    byte[] message = Material.random(1000);
    KeyInfo key = material.open(raw, label(), KeyType.secret(512));
    String name = "Hmac" + digest.jcaName().replace("-", "");
    Mac mac = Mac.getInstance(name, "SunJCE");
    mac.init(new SecretKeySpec(raw, name));

    assertThat(hsm.mac(key.id(), new Hmac(digest), message)).isEqualTo(mac.doFinal(message));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 4096, 100_000, 1_000_000})
  void gcm_anySize_matchesTheJdkBothWays(int bytes) throws Exception {
    byte[] raw = Material.random(32);
    byte[] plaintext = Material.random(bytes);
    byte[] aad = Material.random(bytes % 100);
    KeyInfo key = aes(raw);

    var encrypted = hsm.encrypt(key.id(), AesGcm.withDeviceIv(aad), plaintext);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    SecretKeySpec softKey = new SecretKeySpec(raw, "AES");
    cipher.init(Cipher.DECRYPT_MODE, softKey, new GCMParameterSpec(128, encrypted.iv()));
    cipher.updateAAD(aad);
    assertThat(cipher.doFinal(encrypted.bytes())).isEqualTo(plaintext);

    byte[] iv = Material.random(12);
    cipher.init(Cipher.ENCRYPT_MODE, softKey, new GCMParameterSpec(128, iv));
    cipher.updateAAD(aad);
    assertThat(hsm.decrypt(key.id(), AesGcm.withIv(iv, aad), cipher.doFinal(plaintext)))
        .isEqualTo(plaintext);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 4096, 100_000})
  void cbcWithPadding_anySize_matchesTheJdkBothWays(int bytes) throws Exception {
    byte[] raw = Material.random(16);
    byte[] plaintext = Material.random(bytes);
    KeyInfo key = aes(raw);
    var encrypted = hsm.encrypt(key.id(), new AesCbc(null, true), plaintext);
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding", "SunJCE");
    IvParameterSpec iv = new IvParameterSpec(encrypted.iv());

    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(raw, "AES"), iv);
    assertThat(cipher.doFinal(encrypted.bytes())).isEqualTo(plaintext);
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(raw, "AES"), iv);
    assertThat(hsm.decrypt(key.id(), new AesCbc(encrypted.iv(), true), cipher.doFinal(plaintext)))
        .isEqualTo(plaintext);
  }

  @Test
  void rsaDecrypt_encryptedByTheJdk_matches() throws Exception {
    KeyInfo key =
        hsm.create(
            KeySpec.of(Material.id(), label(), KeyType.RSA_2048)
                .withUsages(KeyUsage.ENCRYPT, KeyUsage.DECRYPT));
    byte[] plaintext = Material.random(100);
    CipherAlgorithm oaep = new RsaOaep(Digest.SHA_1, Digest.SHA_1, new byte[0]);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, Objects.requireNonNull(key.publicKey()));
    assertThat(hsm.decrypt(key.id(), oaep, cipher.doFinal(plaintext))).isEqualTo(plaintext);
    cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, Objects.requireNonNull(key.publicKey()));
    byte[] pkcs1 = cipher.doFinal(plaintext);
    assertThat(hsm.decrypt(key.id(), new RsaPkcs1(), pkcs1)).isEqualTo(plaintext);

    byte[] own = hsm.encrypt(key.id(), oaep, plaintext).bytes();
    assertThat(hsm.decrypt(key.id(), oaep, own)).isEqualTo(plaintext);
    assertThatThrownBy(() -> hsm.decrypt(key.id(), oaep, pkcs1))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  @ParameterizedTest
  @EnumSource(Digest.class)
  void pss_everyDigest_verifiesInTheJdkAndBack(Digest digest) throws Exception {
    KeyInfo key = hsm.create(KeySpec.of(Material.id(), label(), KeyType.RSA_2048));
    byte[] message = Material.random(200);
    byte[] hashed = MessageDigest.getInstance(digest.jcaName(), "SUN").digest(message);
    RsaPss pss = new RsaPss(digest, digest, digest.bytes());
    byte[] signature = hsm.sign(key.id(), pss, hashed);

    Signature verifier = Signature.getInstance("RSASSA-PSS", "SunRsaSign");
    verifier.setParameter(
        new PSSParameterSpec(
            digest.jcaName(), "MGF1", new MGF1ParameterSpec(digest.jcaName()), digest.bytes(), 1));
    verifier.initVerify(Objects.requireNonNull(key.publicKey()));
    verifier.update(message);
    assertThat(verifier.verify(signature)).isTrue();
    assertThat(hsm.verify(key.id(), pss, hashed, signature)).isTrue();
    hashed[0] ^= 1;
    assertThat(hsm.verify(key.id(), pss, hashed, signature)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"EC_256, 20", "EC_256, 32", "EC_256, 64", "EC_384, 48", "EC_521, 64"})
  void ecdsa_anyDigestLength_verifiesInTheJdk(String type, int bytes) throws Exception {
    KeyInfo key = hsm.create(KeySpec.of(Material.id(), label(), KeyType.parse(type)));
    byte[] digest = Material.random(bytes);
    byte[] signature = hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), digest);

    assertThat(signature).hasSize(2 * key.type().bytes());
    Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format", "SunEC");
    verifier.initVerify(Objects.requireNonNull(key.publicKey()));
    verifier.update(digest);
    assertThat(verifier.verify(signature)).isTrue();
    assertThat(hsm.verify(key.id(), new SignatureAlgorithm.Ecdsa(), digest, signature)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 65, 64, 1000})
  void verify_signatureOfAnyLength_isFalse(int bytes) {
    KeyInfo key = hsm.create(KeySpec.of(Material.id(), label(), KeyType.EC_P256));

    assertThat(
            hsm.verify(
                key.id(), new SignatureAlgorithm.Ecdsa(), new byte[32], Material.random(bytes)))
        .isFalse();
    // The session is good afterwards.
    assertThat(hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), new byte[32])).hasSize(64);
  }
}
