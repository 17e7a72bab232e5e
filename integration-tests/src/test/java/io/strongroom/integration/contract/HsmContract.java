package io.strongroom.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesCbc;
import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Hsm} keeps, whatever it stands on: a subclass says which one. Keys are
 * destroyed after each test, so that one token or cluster serves all of them.
 */
public abstract class HsmContract extends DeriveContract {
  private static final int THREADS = 8;

  @Test
  void info_anyHsm_hasALabelAndMechanisms() {
    assertThat(hsm().info().label()).isNotEmpty();
    assertThat(hsm().info().mechanism("CKM_AES_GCM")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"AES_128", "AES_256", "SECRET_256", "SECRET_512", "RSA_2048", "EC_256", "EC_384"})
  void key_created_isAsSpecifiedWhereverItIsLookedUp(String type) {
    KeySpec spec = spec(KeyType.parse(type));

    KeyInfo key = hsm().create(spec);

    assertThat(key.id()).isEqualTo(spec.id());
    assertThat(key.label()).isEqualTo(spec.label());
    assertThat(key.type()).isEqualTo(spec.type());
    assertThat(key.usages()).isEqualTo(spec.usages());
    assertThat(key.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(key.session()).isFalse();
    assertThat(key.locations()).isNotEmpty();
    assertThat(key.publicKey() == null).isEqualTo(spec.type().isSecret());
    assertThat(hsm().key(spec.id())).isEqualTo(key);
    assertThat(hsm().key(spec.label())).isEqualTo(key);
    assertThat(hsm().keys()).contains(key);
  }

  @Test
  void create_repeated_makesNoSecondKey() {
    KeySpec spec = spec(KeyType.AES_256);
    KeyInfo first = hsm().create(spec);
    byte[] check = hsm().checkValue(first.id());

    assertThat(hsm().create(spec)).isEqualTo(first);
    assertThat(hsm().checkValue(first.id())).isEqualTo(check);
    assertThat(hsm().keys().stream().filter(k -> k.label().equals(spec.label()))).hasSize(1);
  }

  @Test
  void create_labelOfAnotherKey_keyExistsAndTheFirstStays() {
    KeyInfo first = make(KeyType.AES_256);
    byte[] check = hsm().checkValue(first.id());
    KeySpec second = KeySpec.of(KeyId.random(random), first.label(), KeyType.AES_256);

    assertThatThrownBy(() -> hsm().create(second)).isInstanceOf(HsmException.KeyExists.class);
    assertThat(hsm().checkValue(first.id())).isEqualTo(check);
  }

  @Test
  void create_idOfAnotherKindOfKey_keyExists() {
    KeyInfo first = make(KeyType.AES_256);

    assertThatThrownBy(() -> hsm().create(KeySpec.of(first.id(), first.label(), KeyType.AES_128)))
        .isInstanceOf(HsmException.KeyExists.class);
  }

  @Test
  void destroy_key_isGoneEverywhere() {
    KeyInfo key = make(KeyType.EC_P256);
    hsm().destroy(key.id());

    assertThatThrownBy(() -> hsm().key(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm().key(key.label())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm().sign(key.id(), new SignatureAlgorithm.Ecdsa(), new byte[32]))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm().destroy(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(hsm().keys()).noneMatch(k -> k.id().equals(key.id()));
  }

  @Test
  void at_eachLocation_showsTheSameKeyAndUsesIt() {
    KeyInfo key = make(KeyType.AES_256);
    byte[] plaintext = {1, 2, 3};
    Encrypted encrypted = hsm().encrypt(key.id(), AesGcm.withDeviceIv(new byte[0]), plaintext);
    assertThat(hsm().locations()).containsAll(key.locations());
    for (String location : key.locations()) {
      Hsm place = hsm().at(location);
      assertThat(place.key(key.id()).locations()).containsExactly(location);
      assertThat(place.key(key.label()).id()).isEqualTo(key.id());
      assertThat(place.checkValue(key.id())).isEqualTo(hsm().checkValue(key.id()));
      assertThat(
              place.decrypt(
                  key.id(), AesGcm.withIv(encrypted.iv(), new byte[0]), encrypted.bytes()))
          .isEqualTo(plaintext);
    }
    assertThatThrownBy(() -> hsm().at("no such place")).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void anyOperation_unknownKey_keyNotFound() {
    KeyId unknown = KeyId.random(random);

    assertThatThrownBy(() -> hsm().encrypt(unknown, AesGcm.withDeviceIv(NONE), NONE))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm().decrypt(unknown, new AesEcb(), new byte[16]))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm().mac(unknown, new MacAlgorithm.Hmac(Digest.SHA_256), NONE))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm().checkValue(unknown))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm().attemptExport(unknown))
        .isInstanceOf(HsmException.KeyNotFound.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 4096, 60_000})
  void gcm_anySize_comesBack(int length) {
    KeyInfo key = make(KeyType.AES_256);
    byte[] plaintext = bytes(length);
    byte[] aad = bytes(20);

    Encrypted encrypted = hsm().encrypt(key.id(), AesGcm.withDeviceIv(aad), plaintext);

    assertThat(encrypted.iv()).hasSize(12);
    assertThat(encrypted.bytes()).hasSize(length + 16);
    assertThat(hsm().decrypt(key.id(), AesGcm.withIv(encrypted.iv(), aad), encrypted.bytes()))
        .isEqualTo(plaintext);
  }

  @Test
  void gcm_deviceIv_isNewEachTime() {
    KeyInfo key = make(KeyType.AES_256);

    List<String> ivs =
        IntStream.range(0, 20)
            .mapToObj(_ -> hsm().encrypt(key.id(), AesGcm.withDeviceIv(NONE), NONE).iv())
            .map(Arrays::toString)
            .toList();

    assertThat(ivs).doesNotHaveDuplicates();
  }

  @Test
  void gcmDecrypt_altered_authenticationFailed() {
    KeyInfo key = make(KeyType.AES_256);
    Encrypted good = hsm().encrypt(key.id(), AesGcm.withDeviceIv(NONE), bytes(20));
    byte[] tag = good.bytes().clone();
    tag[tag.length - 1] ^= 1;
    byte[] body = good.bytes().clone();
    body[0] ^= 1;
    byte[] cutOff = Arrays.copyOf(good.bytes(), 15);

    for (byte[] altered : List.of(tag, body, cutOff, NONE)) {
      assertThatThrownBy(() -> hsm().decrypt(key.id(), AesGcm.withIv(good.iv(), NONE), altered))
          .isInstanceOf(HsmException.AuthenticationFailed.class);
    }
    assertThatThrownBy(
            () -> hsm().decrypt(key.id(), AesGcm.withIv(good.iv(), bytes(1)), good.bytes()))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  @Test
  void cbc_withPadding_comesBack() {
    KeyInfo key = make(KeyType.AES_256);
    Encrypted encrypted = hsm().encrypt(key.id(), new AesCbc(null, true), bytes(17));

    assertThat(encrypted.bytes()).hasSize(32);
    assertThat(hsm().decrypt(key.id(), new AesCbc(encrypted.iv(), true), encrypted.bytes()))
        .hasSize(17);
  }

  @Test
  void ecb_partOfABlock_badInput() {
    KeyInfo key = make(KeyType.AES_256);

    assertThatThrownBy(() -> hsm().encrypt(key.id(), new AesEcb(), new byte[17]))
        .isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void operation_keyOfAnotherKind_badInput() {
    KeyInfo ec = make(KeyType.EC_P256);

    assertThatThrownBy(() -> hsm().encrypt(ec.id(), new AesEcb(), new byte[16]))
        .isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void rsaSignature_ofTheDevice_verifiesInTheJdk() throws Exception {
    KeyInfo key = make(KeyType.RSA_2048);
    byte[] message = bytes(100);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
    SignatureAlgorithm pss = new SignatureAlgorithm.RsaPss(Digest.SHA_256, Digest.SHA_256, 32);
    byte[] info = bytes(51);
    byte[] signature = hsm().sign(key.id(), new SignatureAlgorithm.RsaPkcs1(), info);
    Signature verifier = Signature.getInstance("NONEwithRSA", "SunJCE");
    verifier.initVerify(publicKey(key));
    verifier.update(info);

    assertThat(verifier.verify(signature)).isTrue();
    assertThat(hsm().verify(key.id(), new SignatureAlgorithm.RsaPkcs1(), info, signature)).isTrue();
    assertThat(hsm().verify(key.id(), pss, digest, hsm().sign(key.id(), pss, digest))).isTrue();
    assertThat(hsm().verify(key.id(), pss, digest, signature)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"EC_256, 32", "EC_384, 48"})
  void ecSignature_ofTheDevice_verifiesInTheJdk(String type, int digestBytes) throws Exception {
    KeyInfo key = make(KeyType.parse(type));
    byte[] digest = bytes(digestBytes);
    byte[] signature = hsm().sign(key.id(), new SignatureAlgorithm.Ecdsa(), digest);
    Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format", "SunEC");
    verifier.initVerify(publicKey(key));
    verifier.update(digest);

    assertThat(verifier.verify(signature)).isTrue();
    assertThat(hsm().verify(key.id(), new SignatureAlgorithm.Ecdsa(), digest, signature)).isTrue();
    assertThat(hsm().verify(key.id(), new SignatureAlgorithm.Ecdsa(), digest, bytes(7))).isFalse();
    assertThat(hsm().verify(key.id(), new SignatureAlgorithm.Ecdsa(), digest, NONE)).isFalse();
  }

  @Test
  void material_imported_isThatKey() throws Exception {
    KeyInfo pair = wrappingPair();
    byte[] aesRaw = bytes(32);
    byte[] hmacRaw = bytes(32);
    KeyInfo aes = hsm().unwrap(pair.id(), OAEP, wrapped(pair, aesRaw), spec(KeyType.AES_256));
    KeyInfo hmac = hsm().unwrap(pair.id(), OAEP, wrapped(pair, hmacRaw), spec(KeyType.secret(256)));

    Encrypted encrypted = hsm().encrypt(aes.id(), AesGcm.withDeviceIv(NONE), bytes(33));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(aesRaw, "AES"),
        new GCMParameterSpec(128, encrypted.iv()));
    assertThat(cipher.doFinal(encrypted.bytes())).hasSize(33);
    Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
    mac.init(new SecretKeySpec(hmacRaw, "HmacSHA256"));
    assertThat(hsm().mac(hmac.id(), new MacAlgorithm.Hmac(Digest.SHA_256), NONE))
        .isEqualTo(mac.doFinal());
    assertThat(hsm().checkValue(hmac.id())).isEqualTo(Arrays.copyOf(mac.doFinal(), 3));
    cipher = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(aesRaw, "AES"));
    assertThat(hsm().checkValue(aes.id()))
        .isEqualTo(Arrays.copyOf(cipher.doFinal(new byte[16]), 3));
    assertThat(aes.type()).isEqualTo(KeyType.AES_256);
    assertThat(aes.protection()).isEqualTo(Protection.NEVER_LEAVES);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 24, 31, 33})
  void material_ofOtherLength_badInputAndNothingStays(int length) throws Exception {
    KeyInfo pair = wrappingPair();
    KeySpec target = spec(KeyType.AES_256);
    byte[] material = wrapped(pair, bytes(length));

    assertThatThrownBy(() -> hsm().unwrap(pair.id(), OAEP, material, target))
        .isInstanceOf(HsmException.BadInput.class);
    assertThatThrownBy(() -> hsm().key(target.id())).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void material_wrappedForAnotherKey_authenticationFailed() throws Exception {
    KeyInfo pair = wrappingPair();
    byte[] material = wrapped(wrappingPair(), bytes(32));
    KeySpec target = spec(KeyType.AES_256);

    assertThatThrownBy(() -> hsm().unwrap(pair.id(), OAEP, material, target))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA_2048", "EC_256", "EC_384", "EC_521"})
  void privateKey_imported_isThatOfItsPublicKey(String type) throws Exception {
    KeyInfo wrapping = wrappingPair();
    KeySpec target = spec(KeyType.parse(type));
    KeyPair pair = ownersPair(target.type());
    byte[] material = wrappedInTwoParts(wrapping, pair.getPrivate().getEncoded());
    KeyInfo key =
        hsm().unwrap(wrapping.id(), RSA_AES, material, target.withPublicKey(pair.getPublic()));

    assertThat(publicKey(key)).isEqualTo(pair.getPublic());
    assertThat(key.type()).isEqualTo(target.type());
    assertThat(key.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(key.usages()).containsExactlyInAnyOrder(KeyUsage.SIGN, KeyUsage.VERIFY);
    byte[] input = bytes(32);
    boolean rsa = key.type().family() == KeyType.Family.RSA;
    SignatureAlgorithm algorithm =
        rsa ? new SignatureAlgorithm.RsaPkcs1() : new SignatureAlgorithm.Ecdsa();
    byte[] signature = hsm().sign(key.id(), algorithm, input);
    Signature verifier =
        rsa
            ? Signature.getInstance("NONEwithRSA", "SunJCE")
            : Signature.getInstance("NONEwithECDSAinP1363Format", "SunEC");
    verifier.initVerify(pair.getPublic());
    verifier.update(input);
    assertThat(verifier.verify(signature)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA_2048", "EC_256"})
  void privateKey_importedWithAnothersPublicKey_badInputAndNothingStays(String type)
      throws Exception {
    KeyInfo wrapping = wrappingPair();
    KeySpec target = spec(KeyType.parse(type));
    KeySpec wrong = target.withPublicKey(ownersPair(target.type()).getPublic());
    byte[] material =
        wrappedInTwoParts(wrapping, ownersPair(target.type()).getPrivate().getEncoded());

    assertThatThrownBy(() -> hsm().unwrap(wrapping.id(), RSA_AES, material, wrong))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("public key");
    assertThatThrownBy(() -> hsm().key(target.id())).isInstanceOf(HsmException.KeyNotFound.class);
  }

  private static KeyPair ownersPair(KeyType type) throws Exception {
    boolean rsa = type.family() == KeyType.Family.RSA;
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(type.family().name(), rsa ? "SunRsaSign" : "SunEC");
    generator.initialize(type.bits());
    return generator.generateKeyPair();
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES_256", "SECRET_256", "RSA_2048", "EC_256"})
  void export_attempted_isRefusedEachWay(String type) {
    KeyInfo key = make(KeyType.parse(type));

    assertThat(hsm().attemptExport(key.id())).isNotEmpty().allMatch(ExportAttempt::refused);
  }

  @Test
  void wrap_keyThatNeverLeaves_accessDenied() {
    KeyInfo pair = wrappingPair();
    KeyInfo key = make(KeyType.AES_256);

    assertThatThrownBy(() -> hsm().wrap(pair.id(), OAEP, key.id()))
        .isInstanceOf(HsmException.AccessDenied.class);
  }

  @Test
  void random_twice_differs() {
    assertThat(hsm().random(32)).hasSize(32).isNotEqualTo(hsm().random(32));
    assertThat(hsm().random(0)).isEmpty();
    assertThatThrownBy(() -> hsm().random(-1)).isInstanceOf(HsmException.BadInput.class);
    assertThatThrownBy(() -> hsm().random(65_537)).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void operations_onEightThreads_allRight() throws Exception {
    KeyInfo key = make(KeyType.AES_256);
    Callable<Boolean> work =
        () -> {
          boolean right = true;
          for (int i = 0; i < 50; i++) {
            byte[] plaintext = bytes(i * 20);
            Encrypted e = hsm().encrypt(key.id(), AesGcm.withDeviceIv(NONE), plaintext);
            right &=
                Arrays.equals(
                    plaintext, hsm().decrypt(key.id(), AesGcm.withIv(e.iv(), NONE), e.bytes()));
          }
          return right;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Boolean>> results =
          threads.invokeAll(IntStream.range(0, THREADS).mapToObj(_ -> work).toList());
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    }
  }
}
