package io.strongroom.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm.Ecdh;
import io.strongroom.hsm.DeriveAlgorithm.Hkdf;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm.Hmac;
import io.strongroom.hsm.Protection;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are derived, on every Hsm alike. */
abstract class DeriveContract extends ContractKeys {

  private KeyInfo agreementPair(KeyType type) {
    return hsm().create(spec(type).withUsages(KeyUsage.DERIVE));
  }

  private static KeyPair pairInTheJdk(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
    return generator.generateKeyPair();
  }

  private static byte[] secretInTheJdk(KeyPair own, KeyInfo peer) throws Exception {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", "SunEC");
    agreement.init(own.getPrivate());
    agreement.doPhase(publicKey(peer), true);
    return agreement.generateSecret();
  }

  private static byte[] hmacInTheJdk(byte[] key) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal();
  }

  private byte[] hmac(KeyInfo key) {
    return hsm().mac(key.id(), new Hmac(Digest.SHA_256), NONE);
  }

  // SoftHSM2 fills secrets up to 8 bytes when it wraps them, so that a cluster on it refuses the 66
  // bytes of P-521: DeriveTest has them.
  @ParameterizedTest
  @ValueSource(strings = {"EC_256", "EC_384"})
  void ecdh_withThePeersKey_isTheSecretOfTheJdk(String curve) throws Exception {
    KeyType type = KeyType.parse(curve);
    KeyInfo own = agreementPair(type);
    KeyPair peer = pairInTheJdk(type.bits());
    byte[] secret = secretInTheJdk(peer, own);
    DeriveAlgorithm ecdh = new Ecdh(peer.getPublic());
    KeySpec target = spec(KeyType.secret(8 * secret.length));

    KeyInfo whole = hsm().derive(own.id(), ecdh, target);
    KeyInfo aes = hsm().derive(own.id(), ecdh, spec(KeyType.AES_128));

    assertThat(hmac(whole)).isEqualTo(hmacInTheJdk(secret));
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, secret.length - 16, 16, "AES"));
    assertThat(hsm().encrypt(aes.id(), new AesEcb(), new byte[16]).bytes())
        .isEqualTo(cipher.doFinal(new byte[16]));
    assertThat(whole.type()).isEqualTo(target.type());
    assertThat(whole.usages()).isEqualTo(target.usages());
    assertThat(whole.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(hsm().key(whole.label())).isEqualTo(whole);
  }

  @Test
  void ecdh_repeated_findsTheFirstKey() throws Exception {
    KeyInfo own = agreementPair(KeyType.EC_P256);
    KeySpec target = spec(KeyType.AES_256);
    DeriveAlgorithm ecdh = new Ecdh(pairInTheJdk(256).getPublic());

    KeyInfo first = hsm().derive(own.id(), ecdh, target);

    assertThat(hsm().derive(own.id(), ecdh, target)).isEqualTo(first);
    assertThat(hsm().keys().stream().filter(k -> k.label().equals(target.label()))).hasSize(1);
  }

  @Test
  void ecdh_whatDoesNotFit_isRefusedAndNothingStays() throws Exception {
    KeyInfo own = agreementPair(KeyType.EC_P256);
    KeyInfo signing = make(KeyType.EC_P256);
    DeriveAlgorithm ecdh = new Ecdh(pairInTheJdk(256).getPublic());
    DeriveAlgorithm otherCurve = new Ecdh(pairInTheJdk(384).getPublic());
    KeySpec target = spec(KeyType.secret(256));

    assertThatThrownBy(() -> hsm().derive(own.id(), otherCurve, target))
        .isInstanceOf(HsmException.BadInput.class);
    assertThatThrownBy(() -> hsm().derive(signing.id(), ecdh, target))
        .isInstanceOf(HsmException.BadInput.class);
    assertThatThrownBy(() -> hsm().derive(own.id(), ecdh, spec(KeyType.secret(264))))
        .isInstanceOf(HsmException.BadInput.class);
    assertThatThrownBy(() -> hsm().derive(own.id(), ecdh, spec(KeyType.EC_P256)))
        .isInstanceOf(HsmException.BadInput.class);
    assertThatThrownBy(() -> hsm().derive(KeyId.random(random), ecdh, target))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm().key(target.id())).isInstanceOf(HsmException.KeyNotFound.class);
  }

  /** RFC 5869 appendix A.1, and what a device without the mechanism says. */
  @Test
  void hkdf_whereTheDeviceHasIt_isTheOneOfRfc5869() throws Exception {
    KeyInfo pair = wrappingPair();
    byte[] material = HexFormat.of().parseHex("0b".repeat(22));
    KeySpec spec = spec(KeyType.secret(176)).withUsages(KeyUsage.DERIVE, KeyUsage.SIGN);
    KeyInfo secret = hsm().unwrap(pair.id(), OAEP, wrapped(pair, material), spec);
    byte[] salt = HexFormat.of().parseHex("000102030405060708090a0b0c");
    byte[] info = HexFormat.of().parseHex("f0f1f2f3f4f5f6f7f8f9");
    DeriveAlgorithm hkdf = new Hkdf(Digest.SHA_256, salt, info);
    KeySpec target = spec(KeyType.secret(336));
    byte[] answer =
        HexFormat.of()
            .parseHex(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b88718"
                    + "5865");

    if (hsm().info().mechanism("CKM_HKDF_DERIVE").isPresent()) {
      assertThat(hmac(hsm().derive(secret.id(), hkdf, target))).isEqualTo(hmacInTheJdk(answer));
    } else {
      assertThatThrownBy(() -> hsm().derive(secret.id(), hkdf, target))
          .isInstanceOf(HsmException.UnsupportedMechanism.class)
          .hasMessageContainingAll("CKM_HKDF_DERIVE", "CKM_ECDH1_DERIVE");
    }
  }

  /** What TLS and Noise do: the shared secret itself never signs or encrypts. */
  @Test
  void hkdf_overASharedSecret_isTheOneOfTheJdk() throws Exception {
    KeyInfo own = agreementPair(KeyType.EC_P256);
    KeyPair peer = pairInTheJdk(256);
    KeySpec secretSpec = spec(KeyType.secret(256)).withUsages(KeyUsage.DERIVE, KeyUsage.SIGN);
    KeyInfo secret = hsm().derive(own.id(), new Ecdh(peer.getPublic()), secretSpec);
    DeriveAlgorithm hkdf = new Hkdf(Digest.SHA_384, NONE, new byte[] {1});
    KeySpec target = spec(KeyType.AES_256);

    if (hsm().info().mechanism("CKM_HKDF_DERIVE").isPresent()) {
      KeyInfo derived = hsm().derive(secret.id(), hkdf, target);
      assertThat(hsm().encrypt(derived.id(), new AesEcb(), new byte[16]).bytes())
          .isEqualTo(aesOfHkdf(secretInTheJdk(peer, own)));
    } else {
      assertThatThrownBy(() -> hsm().derive(secret.id(), hkdf, target))
          .isInstanceOf(HsmException.UnsupportedMechanism.class);
    }
  }

  // HKDF-SHA384 without salt, its first block (RFC 5869 §2).
  private static byte[] aesOfHkdf(byte[] secret) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA384", "SunJCE");
    mac.init(new SecretKeySpec(new byte[48], "HmacSHA384"));
    mac.init(new SecretKeySpec(mac.doFinal(secret), "HmacSHA384"));
    byte[] key = Arrays.copyOf(mac.doFinal(new byte[] {1, 1}), 32);
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
    return cipher.doFinal(new byte[16]);
  }
}
