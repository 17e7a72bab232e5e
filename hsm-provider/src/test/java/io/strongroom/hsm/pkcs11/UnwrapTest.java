package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.KWP;
import static io.strongroom.hsm.pkcs11.Material.OAEP;
import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm.Hmac;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Opening wrapped keys: which come in, which do not, and that nothing is left of the latter. */
@ExtendWith(DeviceExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnwrapTest {
  private final AtomicInteger labels = new AtomicInteger();
  final Hsm hsm;
  final Material material;

  UnwrapTest(DeviceExtension.Url url) {
    hsm = Hsm.open(url.text());
    material = new Material(hsm);
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  final String label() {
    return "key-" + labels.incrementAndGet();
  }

  /** An AES key whose bytes the test knows, which opens what the test wrapped with it. */
  private KeyInfo opener(byte[] raw) throws Exception {
    return material.open(
        raw,
        KeySpec.of(id(), label(), KeyType.AES_256)
            .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
            .asSession());
  }

  private static byte[] kwp(byte[] raw, Key key) throws Exception {
    Cipher cipher = Cipher.getInstance("AESWrapPad", new BouncyCastleProvider());
    cipher.init(Cipher.WRAP_MODE, new SecretKeySpec(raw, "AES"));
    return cipher.wrap(key);
  }

  private static KeyPair pair(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  @ParameterizedTest
  @CsvSource({
    "AES_128, 16",
    "AES_192, 24",
    "AES_256, 32",
    "SECRET_256, 32",
    "SECRET_384, 48",
    "SECRET_512, 64",
    "SECRET_160, 20"
  })
  void secret_ofItsLength_comesInWithItsType(String type, int bytes) throws Exception {
    KeySpec spec = KeySpec.of(id(), label(), KeyType.parse(type));

    KeyInfo opened = material.open(Material.random(bytes), spec);

    assertThat(opened.type()).isEqualTo(spec.type());
    assertThat(opened.usages()).isEqualTo(spec.usages());
    assertThat(opened.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(hsm.checkValue(opened.id())).hasSize(3);
  }

  @Test
  void secretOfOneBlock_thatKeyWrapDoesNotTake_comesIn() throws Exception {
    KeySpec spec = KeySpec.of(id(), label(), KeyType.secret(64));

    assertThat(material.open(Material.random(8), spec).type()).isEqualTo(KeyType.secret(64));
  }

  @ParameterizedTest
  @CsvSource({
    "AES_256, 0", "AES_256, 1", "AES_256, 16", "AES_256, 24", "AES_256, 25", "AES_256, 31",
    "AES_256, 33", "AES_256, 40", "AES_256, 64", "AES_128, 15", "AES_128, 17", "AES_128, 32",
    "SECRET_256, 16", "SECRET_256, 31", "SECRET_256, 33", "SECRET_512, 32", "SECRET_512, 63"
  })
  void secret_ofAnotherLength_isRefusedAndNothingStays(String type, int bytes) throws Exception {
    KeySpec token = KeySpec.of(id(), label(), KeyType.parse(type));
    byte[] wrapped = material.wrapped(Material.random(bytes));
    List<KeyInfo> before = hsm.keys();

    for (KeySpec spec : List.of(token, token.asSession())) {
      assertThatThrownBy(() -> hsm.unwrap(material.wrapping().id(), OAEP, wrapped, spec))
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("nothing was imported");
    }
    assertThat(hsm.keys()).isEqualTo(before);
  }

  @Test
  void unwrap_repeated_returnsTheFirstKey() throws Exception {
    KeySpec spec = KeySpec.of(id(), label(), KeyType.AES_256);
    byte[] raw = Material.random(32);

    assertThat(material.open(raw, spec)).isEqualTo(material.open(raw, spec));
  }

  @Test
  void unwrap_wrappedForAnotherKey_authenticationFailed() throws Exception {
    byte[] wrapped = new Material(hsm).wrapped(Material.random(32));
    KeySpec spec = KeySpec.of(id(), label(), KeyType.AES_256);

    assertThatThrownBy(() -> hsm.unwrap(material.wrapping().id(), OAEP, wrapped, spec))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  /** One that is wrapped for another key is such a number now and then. */
  @Test
  void unwrap_numberAboveTheModulus_authenticationFailed() {
    byte[] wrapped = new byte[material.wrapping().type().bytes()];
    Arrays.fill(wrapped, (byte) 0xff);
    KeySpec spec = KeySpec.of(id(), label(), KeyType.AES_256);

    assertThatThrownBy(() -> hsm.unwrap(material.wrapping().id(), OAEP, wrapped, spec))
        .isInstanceOf(HsmException.AuthenticationFailed.class)
        .hasMessageContaining("below the modulus");
  }

  @ParameterizedTest
  @EnumSource(value = Digest.class, mode = EnumSource.Mode.EXCLUDE, names = "SHA_1")
  void unwrap_withDigest_opensOrNamesIt(Digest digest) throws Exception {
    byte[] wrapped = material.wrapped(Material.random(32));
    KeySpec spec = KeySpec.of(id(), label(), KeyType.AES_256);
    WrapAlgorithm oaep = new WrapAlgorithm.RsaOaep(digest);

    assertThatThrownBy(() -> hsm.unwrap(material.wrapping().id(), oaep, wrapped, spec))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining(digest.name())
        .hasMessageContaining("SHA_1");
  }

  @Test
  void aesKey_wrappedByRsaAes_comesIn() throws Exception {
    byte[] ephemeral = Material.random(32);
    byte[] raw = Material.random(32);
    byte[] head = material.wrapped(ephemeral);
    byte[] tail = kwp(ephemeral, new SecretKeySpec(raw, "AES"));
    byte[] both = java.util.Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, both, head.length, tail.length);

    KeyInfo opened =
        hsm.unwrap(
            material.wrapping().id(),
            new WrapAlgorithm.RsaAes(Digest.SHA_1),
            both,
            KeySpec.of(id(), label(), KeyType.AES_256));

    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(raw, "AES"));
    assertThat(hsm.encrypt(opened.id(), new AesEcb(), new byte[16]).bytes())
        .isEqualTo(cipher.doFinal(new byte[16]));
  }

  @Test
  void rsaAes_wrappedHere_opensHere() {
    KeyInfo secret =
        hsm.create(
            KeySpec.of(id(), label(), KeyType.secret(256))
                .withProtection(Protection.LEAVES_WRAPPED)
                .asSession());
    WrapAlgorithm rsaAes = new WrapAlgorithm.RsaAes(Digest.SHA_1);
    byte[] wrapped = hsm.wrap(material.wrapping().id(), rsaAes, secret.id());
    KeyInfo opened =
        hsm.unwrap(
            material.wrapping().id(),
            rsaAes,
            wrapped,
            KeySpec.of(id(), label(), KeyType.secret(256)));

    Hmac hmac = new Hmac(Digest.SHA_256);
    assertThat(hsm.mac(opened.id(), hmac, new byte[5]))
        .isEqualTo(hsm.mac(secret.id(), hmac, new byte[5]));
  }

  @Test
  void rsaAes_cutOff_badInput() {
    KeySpec spec = KeySpec.of(id(), label(), KeyType.AES_256);

    assertThatThrownBy(() ->
            hsm.unwrap(
                material.wrapping().id(),
                new WrapAlgorithm.RsaAes(Digest.SHA_1),
                new byte[256],
                spec))
        .isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void rsaPrivateKey_wrappedByKwp_comesInWithItsPublicHalf() throws Exception {
    byte[] raw = Material.random(32);
    KeyInfo opener = opener(raw);
    KeyPair pair = pair("RSA", 2048);

    KeyInfo opened =
        hsm.unwrap(
            opener.id(),
            KWP,
            kwp(raw, pair.getPrivate()),
            KeySpec.of(id(), label(), KeyType.RSA_2048));

    assertThat(opened.publicKey()).isEqualTo(pair.getPublic());
    assertThat(opened.usages()).containsExactlyInAnyOrder(KeyUsage.SIGN, KeyUsage.VERIFY);
    byte[] signature = hsm.sign(opened.id(), new SignatureAlgorithm.RsaPkcs1(), new byte[20]);
    assertThat(hsm.verify(opened.id(), new SignatureAlgorithm.RsaPkcs1(), new byte[20], signature))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({"256, EC_256", "384, EC_384", "521, EC_521"})
  void ecPrivateKey_withItsPublicKey_comesIn(int bits, String type) throws Exception {
    byte[] raw = Material.random(32);
    KeyInfo opener = opener(raw);
    KeyPair pair = pair("EC", bits);

    KeyInfo opened =
        hsm.unwrap(
            opener.id(),
            KWP,
            kwp(raw, pair.getPrivate()),
            KeySpec.of(id(), label(), KeyType.parse(type)).withPublicKey(pair.getPublic()));

    assertThat(opened.publicKey()).isEqualTo(pair.getPublic());
    byte[] signature = hsm.sign(opened.id(), new SignatureAlgorithm.Ecdsa(), new byte[32]);
    Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format", "SunEC");
    verifier.initVerify(Objects.requireNonNull(opened.publicKey()));
    verifier.update(new byte[32]);
    assertThat(verifier.verify(signature)).isTrue();
    assertThat(hsm.verify(opened.id(), new SignatureAlgorithm.Ecdsa(), new byte[32], signature))
        .isTrue();
  }

  @Test
  void privateKey_withAnothersPublicKey_isRefusedAndNothingStays() throws Exception {
    byte[] raw = Material.random(32);
    KeyInfo opener = opener(raw);
    List<KeyInfo> before = hsm.keys();
    List<HsmException> refusals = new ArrayList<>();
    for (KeyType type : List.of(KeyType.RSA_2048, KeyType.EC_P256)) {
      String algorithm = type.family().name();
      byte[] wrapped = kwp(raw, pair(algorithm, type.bits()).getPrivate());
      KeySpec spec =
          KeySpec.of(id(), label(), type).withPublicKey(pair(algorithm, type.bits()).getPublic());
      try {
        hsm.unwrap(opener.id(), KWP, wrapped, spec);
      } catch (HsmException.BadInput e) {
        refusals.add(e);
      }
    }

    assertThat(refusals).hasSize(2);
    assertThat(hsm.keys()).isEqualTo(before);
  }

  @Test
  void ecPrivateKey_withoutPublicKey_badInputSaysHowToGiveIt() throws Exception {
    byte[] raw = Material.random(32);
    KeyInfo opener = opener(raw);
    byte[] wrapped = kwp(raw, pair("EC", 256).getPrivate());
    KeySpec spec = KeySpec.of(id(), label(), KeyType.EC_P256);

    assertThatThrownBy(() -> hsm.unwrap(opener.id(), KWP, wrapped, spec))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("withPublicKey");
  }

  @Test
  void privateKey_ofAnotherType_isRefused() throws Exception {
    byte[] raw = Material.random(32);
    KeyInfo opener = opener(raw);
    KeyPair pair = pair("RSA", 2048);
    byte[] wrapped = kwp(raw, pair.getPrivate());

    KeySpec longer = KeySpec.of(id(), label(), KeyType.RSA_3072);
    KeySpec other =
        KeySpec.of(id(), label(), KeyType.EC_P256).withPublicKey(pair("EC", 256).getPublic());

    assertThatThrownBy(() -> hsm.unwrap(opener.id(), KWP, wrapped, longer))
        .isInstanceOf(HsmException.BadInput.class);
    // SoftHSM2 says only that it cannot read it, NSS what it is instead.
    assertThatThrownBy(() -> hsm.unwrap(opener.id(), KWP, wrapped, other))
        .isInstanceOfAny(HsmException.AuthenticationFailed.class, HsmException.BadInput.class);
  }

  @Test
  void pair_sealedAndOpenedUnderDomainKey_signsAsBefore() {
    KeyInfo domain =
        hsm.create(
            KeySpec.of(id(), label(), KeyType.AES_256)
                .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
                .withProtection(Protection.DOMAIN));
    assertSealsAndOpens(domain);
  }

  final void assertSealsAndOpens(KeyInfo domain) {
    for (KeyType type : List.of(KeyType.RSA_2048, KeyType.EC_P256, KeyType.EC_P521)) {
      KeyInfo birth =
          hsm.create(
              KeySpec.of(id(), label(), type)
                  .withProtection(Protection.LEAVES_WRAPPED)
                  .asSession());
      byte[] seal = hsm.wrap(domain.id(), KWP, birth.id());
      KeyInfo opened =
          hsm.unwrap(
              domain.id(),
              KWP,
              seal,
              KeySpec.of(id(), label(), type)
                  .withPublicKey(Objects.requireNonNull(birth.publicKey())));

      assertThat(opened.publicKey()).isEqualTo(birth.publicKey());
      assertThat(opened.protection()).isEqualTo(Protection.NEVER_LEAVES);
      assertThat(hsm.checkValue(opened.id())).isEqualTo(hsm.checkValue(birth.id()));
    }
  }

  @Test
  void edwardsKey_wrapped_unsupportedSaysWhy() {
    KeyInfo domain = hsm.create(domainLike());
    KeyInfo birth =
        hsm.create(
            KeySpec.of(id(), label(), KeyType.ED25519)
                .withProtection(Protection.LEAVES_WRAPPED)
                .asSession());

    assertThatThrownBy(() -> hsm.wrap(domain.id(), KWP, birth.id()))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("Edwards");
  }

  @Test
  void wrap_keyThatNeverLeaves_accessDenied() {
    KeyInfo wrapping = hsm.create(domainLike());
    KeyInfo kept = hsm.create(KeySpec.of(id(), label(), KeyType.AES_256));

    assertThatThrownBy(() -> hsm.wrap(wrapping.id(), KWP, kept.id()))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining("CKR_KEY_UNEXTRACTABLE");
  }

  final KeySpec domainLike() {
    return KeySpec.of(id(), label(), KeyType.AES_256)
        .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
        .asSession();
  }
}
