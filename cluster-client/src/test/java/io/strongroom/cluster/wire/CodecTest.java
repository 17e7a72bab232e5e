package io.strongroom.cluster.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.v1.Cipher;
import io.strongroom.cluster.wire.v1.DeriveAlgorithm.Ecdh;
import io.strongroom.cluster.wire.v1.DeriveAlgorithm.Hkdf;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.Mac;
import io.strongroom.cluster.wire.v1.Signature;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {
  private static final KeySpec SPEC =
      KeySpec.of(new KeyId(1, 2), "payments", KeyType.AES_256)
          .withUsages(KeyUsage.ENCRYPT, KeyUsage.DECRYPT);

  @Test
  void keySpec_thereAndBack_isEqual() {
    assertThat(KeyCodec.fromWire(KeyCodec.toWire(SPEC))).isEqualTo(SPEC);
  }

  @Test
  void keySpec_withShortId_isBadInput() {
    var spec = KeyCodec.toWire(SPEC).toBuilder().setId(ByteString.copyFrom(new byte[15])).build();
    assertThatThrownBy(() -> KeyCodec.fromWire(spec))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("15 bytes");
  }

  @Test
  void keySpec_withUnknownUsage_isBadInput() {
    var spec = KeyCodec.toWire(SPEC).toBuilder().addUsages("EXPORT").build();
    assertThatThrownBy(() -> KeyCodec.fromWire(spec))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("EXPORT");
  }

  @Test
  void keySpec_withUsageTwice_isBadInput() {
    var spec = KeyCodec.toWire(SPEC).toBuilder().addUsages("ENCRYPT").build();
    assertThatThrownBy(() -> KeyCodec.fromWire(spec)).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void keySpec_withUnknownType_isBadInput() {
    var spec = KeyCodec.toWire(SPEC).toBuilder().setType("AES_257").build();
    assertThatThrownBy(() -> KeyCodec.fromWire(spec)).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void publicKey_ofAnotherLength_isBadInput() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    var key = generator.generateKeyPair().getPublic();
    assertThat(KeyCodec.publicKeyFromWire(KeyCodec.toWire(key), KeyType.EC_P256)).isEqualTo(key);
    assertThatThrownBy(() -> KeyCodec.publicKeyFromWire(KeyCodec.toWire(key), KeyType.EC_P384))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("256 bits");
  }

  @Test
  void publicKey_ofASecret_isBadInput() {
    assertThatThrownBy(
            () -> KeyCodec.publicKeyFromWire(ByteString.copyFromUtf8("x"), KeyType.AES_256))
        .isInstanceOf(HsmException.BadInput.class);
  }

  static Stream<CipherAlgorithm> ciphers() {
    return Stream.of(
        CipherAlgorithm.AesGcm.withDeviceIv(new byte[] {1}),
        CipherAlgorithm.AesGcm.withIv(new byte[12], new byte[0]),
        new CipherAlgorithm.AesCbc(new byte[16], false),
        new CipherAlgorithm.AesCbc(null, true),
        new CipherAlgorithm.AesCtr(new byte[16]),
        new CipherAlgorithm.AesEcb(),
        new CipherAlgorithm.RsaPkcs1(),
        new CipherAlgorithm.RsaOaep(Digest.SHA_256, Digest.SHA_1, new byte[] {7}));
  }

  @ParameterizedTest
  @MethodSource("ciphers")
  void cipher_thereAndBack_isEqual(CipherAlgorithm algorithm) {
    assertThat(AlgorithmCodec.fromWire(AlgorithmCodec.toWire(algorithm)))
        .usingRecursiveComparison()
        .isEqualTo(algorithm);
  }

  @Test
  void cipher_withoutAlgorithm_isBadInput() {
    assertThatThrownBy(() -> AlgorithmCodec.fromWire(Cipher.getDefaultInstance()))
        .isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void cipher_withShortTag_isBadInput() {
    var cipher = Cipher.newBuilder().setAlgorithm(Cipher.Algorithm.AES_GCM).setTagBits(32).build();
    assertThatThrownBy(() -> AlgorithmCodec.fromWire(cipher))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("32");
  }

  @Test
  void cipher_withTooMuchAad_isBadInput() {
    var cipher =
        Cipher.newBuilder()
            .setAlgorithm(Cipher.Algorithm.AES_GCM)
            .setTagBits(128)
            .setAad(ByteString.copyFrom(new byte[Limits.AAD_BYTES + 1]))
            .build();
    assertThatThrownBy(() -> AlgorithmCodec.fromWire(cipher))
        .isInstanceOf(HsmException.BadInput.class);
  }

  static Stream<SignatureAlgorithm> signatures() {
    return Stream.of(
        new SignatureAlgorithm.RsaPkcs1(),
        new SignatureAlgorithm.RsaPss(Digest.SHA_256, Digest.SHA_256, 32),
        new SignatureAlgorithm.Ecdsa(),
        new SignatureAlgorithm.EdDsa());
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void signature_thereAndBack_isEqual(SignatureAlgorithm algorithm) {
    assertThat(AlgorithmCodec.fromWire(AlgorithmCodec.toWire(algorithm, null)))
        .isEqualTo(algorithm);
  }

  @Test
  void signature_withHugeSalt_isBadInput() {
    var signature =
        Signature.newBuilder()
            .setAlgorithm(Signature.Algorithm.RSA_PSS)
            .setDigest("SHA_256")
            .setMgf("SHA_256")
            .setSaltBytes(-1)
            .build();
    assertThatThrownBy(() -> AlgorithmCodec.fromWire(signature))
        .isInstanceOf(HsmException.BadInput.class);
  }

  static Stream<WrapAlgorithm> wraps() {
    return Stream.of(
        new WrapAlgorithm.AesKw(),
        new WrapAlgorithm.AesKwp(),
        new WrapAlgorithm.RsaPkcs1(),
        new WrapAlgorithm.RsaOaep(Digest.SHA_1),
        new WrapAlgorithm.RsaAes(Digest.SHA_256));
  }

  @ParameterizedTest
  @MethodSource("wraps")
  void wrap_thereAndBack_isEqual(WrapAlgorithm algorithm) {
    assertThat(AlgorithmCodec.fromWire(AlgorithmCodec.toWire(algorithm))).isEqualTo(algorithm);
  }

  @Test
  void mac_thereAndBack_isEqual() {
    for (MacAlgorithm algorithm :
        List.of(new MacAlgorithm.AesCmac(), new MacAlgorithm.Hmac(Digest.SHA_512))) {
      assertThat(AlgorithmCodec.fromWire(AlgorithmCodec.toWire(algorithm))).isEqualTo(algorithm);
    }
  }

  @Test
  void mac_withUnknownDigest_isBadInput() {
    assertThatThrownBy(() -> AlgorithmCodec.fromWire(Mac.newBuilder().setDigest("MD5").build()))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("MD5");
  }

  static Stream<HsmException> failures() {
    var answer = new HsmException.Answer("C_Decrypt", 0x30, "CKR_DEVICE_ERROR");
    return Stream.of(
        new HsmException.KeyNotFound("m", null, answer, null),
        new HsmException.KeyExists("m", null, answer, null),
        new HsmException.UnsupportedMechanism("m", null, answer, null),
        new HsmException.BadInput("m", null, answer, null),
        new HsmException.AuthenticationFailed("m", null, answer, null),
        new HsmException.AccessDenied("m", null, answer, null),
        new HsmException.Throttled("m", null, answer, null),
        new HsmException.DeadlineExceeded("m", null, answer, null),
        new HsmException.DeviceUnavailable("m", null, answer, null));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failure_thereAndBack_keepsKindAnswerAndNode(HsmException failure) {
    HsmException back = ErrorCodec.fromWire(ErrorCodec.toWire(failure, "a"), "b");
    assertThat(back).hasSameClassAs(failure).hasMessage("m");
    assertThat(back.answer()).isEqualTo(failure.answer());
    assertThat(back.node()).isEqualTo("a");
  }

  @Test
  void failure_ofUnknownKind_isDeviceUnavailable() {
    assertThat(ErrorCodec.fromWire(Error.newBuilder().setKindValue(99).build(), "b"))
        .isInstanceOf(HsmException.DeviceUnavailable.class);
  }

  @Test
  void ecdh_thereAndBack_isEqual() throws Exception {
    for (String algorithm : List.of("EC", "X25519", "X448")) {
      DeriveAlgorithm ecdh =
          new DeriveAlgorithm.Ecdh(
              KeyPairGenerator.getInstance(algorithm, "SunEC").generateKeyPair().getPublic());

      assertThat(DeriveCodec.fromWire(DeriveCodec.toWire(ecdh))).isEqualTo(ecdh);
    }
  }

  @Test
  void hkdf_thereAndBack_isTheSame() {
    DeriveAlgorithm.Hkdf hkdf =
        new DeriveAlgorithm.Hkdf(Digest.SHA_384, new byte[] {1, 2}, new byte[] {3});

    assertThat(DeriveCodec.fromWire(DeriveCodec.toWire(hkdf)))
        .usingRecursiveComparison()
        .isEqualTo(hkdf);
  }

  @Test
  void derivation_thatIsMalformed_isBadInput() throws Exception {
    var none = io.strongroom.cluster.wire.v1.DeriveAlgorithm.getDefaultInstance();
    byte[] rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic().getEncoded();
    var otherKind = ecdh(ByteString.copyFrom(rsa));
    var noKey = ecdh(ByteString.copyFrom(new byte[10]));
    var longKey = ecdh(ByteString.copyFrom(new byte[Limits.PUBLIC_KEY_BYTES + 1]));
    var noDigest = none.toBuilder().setHkdf(Hkdf.newBuilder().setDigest("MD5")).build();
    ByteString tooLong = ByteString.copyFrom(new byte[Limits.DERIVE_INPUT_BYTES + 1]);
    Hkdf good = Hkdf.newBuilder().setDigest("SHA_256").build();
    var longSalt = none.toBuilder().setHkdf(good.toBuilder().setSalt(tooLong)).build();
    var longInfo = none.toBuilder().setHkdf(good.toBuilder().setInfo(tooLong)).build();

    for (var wire : List.of(none, otherKind, noKey, longKey, noDigest, longSalt, longInfo)) {
      assertThatThrownBy(() -> DeriveCodec.fromWire(wire))
          .isInstanceOf(HsmException.BadInput.class);
    }
    assertThatThrownBy(() ->
            DeriveCodec.toWire(
                new DeriveAlgorithm.Hkdf(Digest.SHA_256, tooLong.toByteArray(), new byte[0])))
        .isInstanceOf(HsmException.BadInput.class);
  }

  private static io.strongroom.cluster.wire.v1.DeriveAlgorithm ecdh(ByteString peer) {
    return io.strongroom.cluster.wire.v1.DeriveAlgorithm.newBuilder()
        .setEcdh(Ecdh.newBuilder().setPeer(peer))
        .build();
  }
}
