package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Cipher.wrap} and {@code unwrap}, both ways against SunJCE and Bouncy Castle. */
class KeyWrapCipherTest extends KeyWrapSuite {

  @ParameterizedTest
  @CsvSource({
    "AES/KW/NoPadding, SunJCE, AES/KW/NoPadding",
    "AESWrap, BC, AESWrap",
    "AES_256/KW/NoPadding, SunJCE, AES_256/KW/NoPadding",
    "2.16.840.1.101.3.4.1.45, SunJCE, AESWrap_256",
    "AES/KWP/NoPadding, SunJCE, AES/KWP/NoPadding",
    "AESWrapPad, BC, AESWrapPad",
    "AESWrapPad_256, SunJCE, AES_256/KWP/NoPadding",
  })
  void aesKey_underAesBothWays_isTheSameKey(String name, String peer, String peerName)
      throws Exception {
    Provider other = peer.equals("BC") ? BC : Security.getProvider(peer);
    for (int bits : new int[] {128, 192, 256}) {
      SecretKey ours = wrappable("AES", bits);
      Cipher theirs = Cipher.getInstance(peerName, other);
      theirs.init(Cipher.UNWRAP_MODE, kek.inSoftware());
      Key out = theirs.unwrap(wrapping(name).wrap(ours), "AES", Cipher.SECRET_KEY);
      assertThat(block(out.getEncoded())).isEqualTo(block(ours));

      byte[] value = ProviderFixture.bytes(bits / 8);
      theirs.init(Cipher.WRAP_MODE, kek.inSoftware());
      byte[] wrapped = theirs.wrap(new SecretKeySpec(value, "AES"));
      SecretKey in = (SecretKey) unwrapping(name).unwrap(wrapped, "AES", Cipher.SECRET_KEY);
      assertThat(block(in)).isEqualTo(block(value));
      assertThat(fixture.provider.describe(in).type()).isEqualTo(aes(bits));
      ours.destroy();
      in.destroy();
    }
  }

  private static KeyType aes(int bits) {
    return new KeyType(KeyType.Family.AES, bits);
  }

  @Test
  @Difference("unwrap-stays-inside")
  void unwrappedKey_byDefault_isASessionKeyThatNeverLeaves() throws Exception {
    byte[] wrapped = kwp(new SecretKeySpec(new byte[32], "AES"));
    SecretKey key =
        (SecretKey) unwrapping("AES/KWP/NoPadding").unwrap(wrapped, "AES", Cipher.SECRET_KEY);
    KeyInfo info = fixture.provider.describe(key);
    assertThat(key.getEncoded()).isNull();
    assertThat(info.session()).isTrue();
    assertThat(info.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(info.usages()).containsExactlyInAnyOrder(KeyUsage.ENCRYPT, KeyUsage.DECRYPT);
    assertThat(fixture.hsm.attemptExport(info.id())).allMatch(attempt -> attempt.refused());
    key.destroy();
  }

  @Test
  void unwrappedKey_withASpec_isWhatTheSpecSays() throws Exception {
    Cipher cipher = ours("AES/KWP/NoPadding");
    String label = fixture.label();
    cipher.init(
        Cipher.UNWRAP_MODE,
        kek.inHsm(),
        HsmKeySpec.token(label).withBits(128).withUsages(KeyUsage.DECRYPT));
    byte[] wrapped = kwp(new SecretKeySpec(new byte[16], "AES"));
    Key key = cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY);
    KeyInfo info = fixture.hsm.key(label);
    assertThat(fixture.provider.describe(key)).isEqualTo(info);
    assertThat(info.session()).isFalse();
    assertThat(info.usages()).containsExactly(KeyUsage.DECRYPT);
    assertThat(fixture.keyStore().getKey(label, null)).isEqualTo(key);
    assertThatThrownBy(() -> cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining(label);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RSA/ECB/PKCS1Padding",
        "RSA/ECB/OAEPPadding",
        "RSA/ECB/OAEPWithSHA-1AndMGF1Padding"
      })
  void aesKey_underRsaBothWays_isTheSameKey(String name) throws Exception {
    byte[] value = ProviderFixture.bytes(32);
    Cipher theirs = Cipher.getInstance(name, "SunJCE");
    theirs.init(Cipher.WRAP_MODE, rsa.getPublic());
    byte[] wrapped = theirs.wrap(new SecretKeySpec(value, "AES"));
    SecretKey in = (SecretKey) unwrapping(name).unwrap(wrapped, "AES", Cipher.SECRET_KEY);
    assertThat(block(in)).isEqualTo(block(value));

    SecretKey out = wrappable("AES", 256);
    SecretKey back =
        (SecretKey) unwrapping(name).unwrap(wrapping(name).wrap(out), "AES", Cipher.SECRET_KEY);
    assertThat(block(back)).isEqualTo(block(out));
  }

  @Test
  void aesKey_underAnRsaKeyThatWasBroughtIn_opensElsewhere() throws Exception {
    KeyPairGenerator software = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    software.initialize(2048);
    KeyPair outside = software.generateKeyPair();
    Cipher cipher = ours("AES/KWP/NoPadding");
    cipher.init(
        Cipher.UNWRAP_MODE,
        kek.inHsm(),
        HsmKeySpec.session(fixture.label())
            .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
            .withBits(2048));
    cipher.unwrap(kwp(outside.getPrivate()), "RSA", Cipher.PRIVATE_KEY);
    for (String name : new String[] {"RSA/ECB/OAEPPadding", "RSA/ECB/PKCS1Padding"}) {
      SecretKey out = wrappable("AES", 256);
      Cipher ours = ours(name);
      ours.init(Cipher.WRAP_MODE, outside.getPublic());
      Cipher theirs = Cipher.getInstance(name, "SunJCE");
      theirs.init(Cipher.UNWRAP_MODE, outside.getPrivate());
      Key opened = theirs.unwrap(ours.wrap(out), "AES", Cipher.SECRET_KEY);
      assertThat(block(opened.getEncoded())).isEqualTo(block(out));
    }
  }

  @ParameterizedTest
  @CsvSource({"HmacSHA256, 256", "HmacSHA1, 160", "HmacSHA512, 512", "GenericSecret, 192"})
  void secret_underAes_makesTheSameMacs(String algorithm, int bits) throws Exception {
    byte[] value = ProviderFixture.bytes(bits / 8);
    Key key =
        unwrapping("AES/KWP/NoPadding")
            .unwrap(kwp(new SecretKeySpec(value, algorithm)), algorithm, Cipher.SECRET_KEY);
    assertThat(key.getAlgorithm()).isEqualTo(algorithm);
    assertThat(fixture.provider.describe(key).type()).isEqualTo(KeyType.secret(bits));
    Mac ours = Mac.getInstance("HmacSHA1", fixture.provider);
    ours.init(key);
    Mac jdk = Mac.getInstance("HmacSHA1", "SunJCE");
    jdk.init(new SecretKeySpec(value, "HmacSHA1"));
    assertThat(ours.doFinal(new byte[3])).isEqualTo(jdk.doFinal(new byte[3]));
  }

  @Test
  void aesKey_ofAnotherLengthUnderRsa_wantsASpec() throws Exception {
    Cipher theirs = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
    theirs.init(Cipher.WRAP_MODE, rsa.getPublic());
    byte[] wrapped = theirs.wrap(new SecretKeySpec(new byte[16], "AES"));
    Cipher cipher = unwrapping("RSA/ECB/OAEPPadding");
    assertThatThrownBy(() -> cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("AES_256")
        .hasMessageContaining("withBits");
    cipher.init(
        Cipher.UNWRAP_MODE, rsa.getPrivate(), HsmKeySpec.session(fixture.label()).withBits(128));
    SecretKey key = (SecretKey) cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY);
    assertThat(block(key)).isEqualTo(block(new byte[16]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES/KWP/NoPadding", RSA_AES})
  void rsaPrivateKey_wrappedElsewhere_signsHere(String name) throws Exception {
    KeyPairGenerator software = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    software.initialize(2048);
    assertSigns(name, software.generateKeyPair(), "SHA256withRSA");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES/KWP/NoPadding", RSA_AES})
  void ecPrivateKey_wrappedElsewhere_signsHere(String name) throws Exception {
    KeyPairGenerator software = KeyPairGenerator.getInstance("EC", "SunEC");
    software.initialize(384);
    assertSigns(name, software.generateKeyPair(), "SHA384withECDSA");
  }

  private static void assertSigns(String name, KeyPair outside, String algorithm) throws Exception {
    Cipher cipher = ours(name);
    HsmKeySpec spec =
        HsmKeySpec.session(fixture.label())
            .withUsages(KeyUsage.SIGN, KeyUsage.VERIFY)
            .withPublicKey(outside.getPublic())
            .mayLeaveWrapped();
    cipher.init(Cipher.UNWRAP_MODE, unwrappingKey(name), spec);
    byte[] wrapped =
        name.equals(RSA_AES) ? rsaAes(outside.getPrivate()) : kwp(outside.getPrivate());
    Key opened = cipher.unwrap(wrapped, outside.getPrivate().getAlgorithm(), Cipher.PRIVATE_KEY);
    Signature signer = Signature.getInstance(algorithm, fixture.provider);
    signer.initSign((PrivateKey) opened);
    signer.update(new byte[5]);
    Signature verifier = Signature.getInstance(algorithm, BC);
    verifier.initVerify(outside.getPublic());
    verifier.update(new byte[5]);
    assertThat(verifier.verify(signer.sign())).isTrue();

    byte[] out = wrapping("AES/KWP/NoPadding").wrap(opened);
    Cipher theirs = Cipher.getInstance("AESWrapPad", BC);
    theirs.init(Cipher.UNWRAP_MODE, kek.inSoftware());
    byte[] pkcs8 = theirs.unwrap(out, "PKCS8", Cipher.SECRET_KEY).getEncoded();
    try (ASN1InputStream in = new ASN1InputStream(pkcs8)) {
      // SoftHSM2 fills what it wraps up with zeros, which are not part of the key.
      PrivateKeyInfo info = PrivateKeyInfo.getInstance(in.readObject());
      PrivateKey back = BouncyCastleProvider.getPrivateKey(info);
      assertThat(back.getAlgorithm()).isEqualTo(outside.getPrivate().getAlgorithm());
    }
    cipher.init(
        Cipher.UNWRAP_MODE,
        unwrappingKey(name),
        HsmKeySpec.session(fixture.label()).withPublicKey(outside.getPublic()));
    assertThat(
            cipher.unwrap(wrapping(name).wrap(opened), opened.getAlgorithm(), Cipher.PRIVATE_KEY))
        .isInstanceOf(PrivateKey.class);
  }

  // The two steps of PKCS#11 v2.40 §2.1.21, in software.
  private static byte[] rsaAes(Key key) throws Exception {
    SecretKeySpec ephemeral = new SecretKeySpec(ProviderFixture.bytes(32), "AES");
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SunJCE");
    oaep.init(Cipher.WRAP_MODE, rsa.getPublic());
    byte[] head = oaep.wrap(ephemeral);
    Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding", "SunJCE");
    kwp.init(Cipher.WRAP_MODE, ephemeral);
    byte[] tail = kwp.wrap(key);
    byte[] both = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, both, head.length, tail.length);
    return both;
  }

  @Test
  void aesKey_underRsaAes_goesAndComesBack() throws Exception {
    SecretKey out = wrappable("AES", 192);
    byte[] wrapped = wrapping(RSA_AES).wrap(out);
    assertThat(wrapped).hasSize(256 + 32);
    SecretKey back = (SecretKey) unwrapping(RSA_AES).unwrap(wrapped, "AES", Cipher.SECRET_KEY);
    assertThat(block(back)).isEqualTo(block(out));
    byte[] value = ProviderFixture.bytes(32);
    Key in =
        unwrapping(RSA_AES)
            .unwrap(rsaAes(new SecretKeySpec(value, "AES")), "AES", Cipher.SECRET_KEY);
    assertThat(block((SecretKey) in)).isEqualTo(block(value));
  }

  /** RFC 3394 §4.6; RFC 5649 §6, with a key of 20 bytes under one of 192 bits. */
  @ParameterizedTest
  @CsvSource({
    "AES/KW/NoPadding, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f,"
        + " 00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f,"
        + " 28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
    "AES/KWP/NoPadding, 5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8,"
        + " c37b7e6492584340bed12207808941155068f738,"
        + " 138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
  })
  void knownAnswer_ofTheRfc_opens(String name, String kekHex, String valueHex, String wrappedHex)
      throws Exception {
    HexFormat hex = HexFormat.of();
    byte[] value = hex.parseHex(valueHex);
    Cipher cipher = ours(name);
    cipher.init(Cipher.UNWRAP_MODE, fixture.aes(hex.parseHex(kekHex), KeyUsage.UNWRAP).inHsm());
    Key key = cipher.unwrap(hex.parseHex(wrappedHex), "HmacSHA1", Cipher.SECRET_KEY);
    assertThat(fixture.provider.describe(key).type()).isEqualTo(KeyType.secret(8 * value.length));
    Mac ours = Mac.getInstance("HmacSHA1", fixture.provider);
    ours.init(key);
    Mac jdk = Mac.getInstance("HmacSHA1", "SunJCE");
    jdk.init(new SecretKeySpec(value, "HmacSHA1"));
    assertThat(ours.doFinal(new byte[3])).isEqualTo(jdk.doFinal(new byte[3]));
  }
}
