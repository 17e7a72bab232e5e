package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static io.strongroom.custody.WrappingAlgorithm.RSAES_OAEP_SHA_1;
import static io.strongroom.custody.WrappingAlgorithm.RSAES_OAEP_SHA_256;
import static io.strongroom.custody.WrappingAlgorithm.RSA_AES_KEY_WRAP_SHA_1;

import io.strongroom.custody.CustodyException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Material for import of which something is wrong: the rows of a table. */
final class BadMaterials {

  private static final byte[] GOOD = Materials.bytes(32, 1);

  private BadMaterials() {}

  /** How one is made. */
  interface Making {
    MaterialImport from(Bench bench) throws Exception;
  }

  /** What is wrong, and the reason that has to be given. */
  record Bad(
      String material,
      WrappingAlgorithm algorithm,
      String checkValue,
      String token,
      Reason reason,
      Making making) {

    String row(int exitCode) {
      return "| %s | %s | %s | %s | %s | %d |"
          .formatted(material, algorithm, checkValue, token, reason, exitCode);
    }

    @Override
    public String toString() {
      return "%s, %s, check value %s, token %s".formatted(material, algorithm, checkValue, token);
    }
  }

  /** Keys that wait for material, and the parameters that belong to them. */
  record Bench(
      TestCustody test,
      CmkDescription cmk,
      ImportParameters oaep,
      ImportParameters rsaAes,
      ImportParameters spare,
      ImportParameters ofOtherKey,
      ImportParameters ofOtherStore,
      Replayed replayed) {

    /** A key that had material once, and the token that this came under. */
    record Replayed(String key, MaterialImport material, ImportParameters fresh) {}

    static Bench prepare(TestCustody test, Path dir) {
      KeyService keys = test.keys();
      CmkDescription cmk = keys.createKey(KeyRequest.external());
      ImportParameters foreign;
      try (TestCustody other = new TestCustody(test.hsm(), dir)) {
        foreign = other.parameters(other.keys().createKey(KeyRequest.external()));
      }
      return new Bench(
          test,
          cmk,
          test.parameters(cmk),
          keys.parametersForImport(id(cmk), RSA_AES_KEY_WRAP_SHA_1, WrappingKeySpec.RSA_2048),
          keys.parametersForImport(id(cmk), RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_3072),
          test.parameters(keys.createKey(KeyRequest.external())),
          foreign,
          replayed(test));
    }

    private static Replayed replayed(TestCustody test) {
      CmkDescription cmk = test.keys().createKey(KeyRequest.external());
      ImportParameters first = test.parameters(cmk);
      MaterialImport material =
          MaterialImport.of(
              first.token(), Materials.wrapped(RSAES_OAEP_SHA_1, first.publicKey(), GOOD));
      test.keys().importKeyMaterial(id(cmk), material);
      test.keys().deleteMaterial(id(cmk));
      return new Replayed(id(cmk), material, test.parameters(cmk));
    }

    ImportParameters parameters(WrappingAlgorithm algorithm) {
      return algorithm == RSAES_OAEP_SHA_1 ? oaep : rsaAes;
    }

    /** The key that this is handed in for. */
    String key(Bad bad) {
      return bad.token().equals("used") || bad.reason() == Reason.OTHER_MATERIAL
          ? replayed.key()
          : id(cmk);
    }

    /** Wrapped as it should be. */
    byte[] wrapped(WrappingAlgorithm algorithm, byte[] material) {
      return Materials.wrapped(algorithm, parameters(algorithm).publicKey(), material);
    }
  }

  static Stream<Bad> rows() {
    return Stream.of(lengths(), weak(), content(), form(), tokens()).flatMap(rows -> rows);
  }

  private static Stream<Bad> lengths() {
    Stream<Bad> raw =
        Stream.of(RSAES_OAEP_SHA_1, RSA_AES_KEY_WRAP_SHA_1)
            .flatMap(algorithm ->
                IntStream.of(0, 1, 15, 16, 24, 31, 33, 40, 64)
                    .filter(bytes -> bytes > 0 || algorithm == RSAES_OAEP_SHA_1)
                    .mapToObj(bytes ->
                        material(
                            "%d bytes (%d bits)".formatted(bytes, bytes * 8),
                            algorithm,
                            Reason.MATERIAL_LENGTH,
                            Materials.bytes(bytes, 2))));
    return Stream.concat(
        raw,
        Stream.of(
            material(
                "33 bytes: a sign byte before 32",
                RSAES_OAEP_SHA_1,
                Reason.MATERIAL_LENGTH,
                Arrays.copyOf(GOOD, 33)),
            material(
                "31 bytes: 255 bits as a number, without its leading zeros",
                RSAES_OAEP_SHA_1,
                Reason.MATERIAL_LENGTH,
                Arrays.copyOfRange(GOOD, 1, 32)),
            material(
                "its 64 hexadecimal digits",
                RSAES_OAEP_SHA_1,
                Reason.MATERIAL_LENGTH,
                ascii(HexFormat.of().formatHex(GOOD))),
            material(
                "its base64 text",
                RSA_AES_KEY_WRAP_SHA_1,
                Reason.MATERIAL_LENGTH,
                Base64.getEncoder().encode(GOOD)),
            material(
                "32 bytes and a line end",
                RSA_AES_KEY_WRAP_SHA_1,
                Reason.MATERIAL_LENGTH,
                Arrays.copyOf(GOOD, 33))));
  }

  private static Stream<Bad> weak() {
    byte[] same = new byte[32];
    Arrays.fill(same, (byte) 'A');
    byte[] counting = new byte[32];
    for (int i = 0; i < counting.length; i++) {
      counting[i] = (byte) i;
    }
    return Stream.of(
        material("32 zero bytes", RSAES_OAEP_SHA_1, Reason.MATERIAL_WEAK, new byte[32]),
        material("32 times one byte", RSA_AES_KEY_WRAP_SHA_1, Reason.MATERIAL_WEAK, same),
        material("00 01 02 … 1f", RSAES_OAEP_SHA_1, Reason.MATERIAL_WEAK, counting));
  }

  private static Stream<Bad> content() {
    return Stream.of(
        good("32 bytes", "another's", Reason.CHECK_VALUE, m -> m.expecting("000000")),
        good("32 bytes", "5 digits", Reason.MALFORMED, m -> m.expecting("12345")),
        good(
            "32 bytes",
            "the key itself",
            Reason.MALFORMED,
            m -> m.expecting(HexFormat.of().formatHex(GOOD))),
        good(
            "32 bytes, expired already", "-", Reason.MALFORMED, m -> m.expiring(TestCustody.START)),
        good("32 bytes for too long", "-", Reason.MALFORMED, m -> m.expiring(Instant.MAX)),
        good("32 bytes and a public key", "-", Reason.PUBLIC_KEY, m -> m.withPublicKey(ecKey())),
        bad(
            "32 bytes, other than before",
            RSAES_OAEP_SHA_1,
            Reason.OTHER_MATERIAL,
            b ->
                MaterialImport.of(
                    b.replayed().fresh().token(),
                    Materials.wrapped(
                        RSAES_OAEP_SHA_1,
                        b.replayed().fresh().publicKey(),
                        Materials.bytes(32, 77)))));
  }

  private static Stream<Bad> form() {
    return Stream.of(
        wrapped(
            "garbage as long as the modulus",
            RSAES_OAEP_SHA_1,
            Reason.MATERIAL_NOT_OPENED,
            b -> belowModulus(256)),
        wrapped(
            "garbage as long as it should be",
            RSA_AES_KEY_WRAP_SHA_1,
            Reason.MATERIAL_NOT_OPENED,
            b -> belowModulus(296)),
        wrapped("nothing", RSAES_OAEP_SHA_1, Reason.WRAPPED_LENGTH, b -> new byte[0]),
        wrapped(
            "255 bytes: cut off",
            RSAES_OAEP_SHA_1,
            Reason.WRAPPED_LENGTH,
            b -> Arrays.copyOf(b.wrapped(RSAES_OAEP_SHA_1, GOOD), 255)),
        wrapped(
            "257 bytes: a line end behind",
            RSAES_OAEP_SHA_1,
            Reason.WRAPPED_LENGTH,
            b -> Arrays.copyOf(b.wrapped(RSAES_OAEP_SHA_1, GOOD), 257)),
        wrapped(
            "second part cut off",
            RSA_AES_KEY_WRAP_SHA_1,
            Reason.WRAPPED_LENGTH,
            b -> Arrays.copyOf(b.wrapped(RSA_AES_KEY_WRAP_SHA_1, GOOD), 264)),
        wrapped(
            "second part changed",
            RSA_AES_KEY_WRAP_SHA_1,
            Reason.MATERIAL_NOT_OPENED,
            b -> flipped(b.wrapped(RSA_AES_KEY_WRAP_SHA_1, GOOD))),
        wrapped("4097 bytes", RSAES_OAEP_SHA_1, Reason.MALFORMED, b -> new byte[4097]),
        wrapped(
            "32 bytes under another 2048-bit key",
            RSAES_OAEP_SHA_1,
            Reason.MATERIAL_NOT_OPENED,
            b -> Materials.wrapped(RSAES_OAEP_SHA_1, b.rsaAes().publicKey(), GOOD)),
        wrapped(
            "32 bytes under a 3072-bit key",
            RSAES_OAEP_SHA_1,
            Reason.WRAPPED_LENGTH,
            b -> Materials.wrapped(RSAES_OAEP_SHA_1, b.spare().publicKey(), GOOD)),
        wrapped(
            "32 bytes by RSA_AES_KEY_WRAP_SHA_1",
            RSAES_OAEP_SHA_1,
            Reason.WRAPPED_OTHERWISE,
            b -> Materials.wrapped(RSA_AES_KEY_WRAP_SHA_1, b.oaep().publicKey(), GOOD)),
        wrapped(
            "32 bytes by RSAES_OAEP_SHA_1",
            RSA_AES_KEY_WRAP_SHA_1,
            Reason.WRAPPED_OTHERWISE,
            b -> Materials.wrapped(RSAES_OAEP_SHA_1, b.rsaAes().publicKey(), GOOD)),
        wrapped(
            "32 bytes by RSAES_OAEP_SHA_256",
            RSAES_OAEP_SHA_1,
            Reason.MATERIAL_NOT_OPENED,
            b -> Materials.wrapped(RSAES_OAEP_SHA_256, b.oaep().publicKey(), GOOD)),
        wrapped(
            "wrapped, as base64 text",
            RSAES_OAEP_SHA_1,
            Reason.WRAPPED_AS_TEXT,
            b -> Base64.getMimeEncoder().encode(b.wrapped(RSAES_OAEP_SHA_1, GOOD))),
        wrapped(
            "wrapped, as hexadecimal text",
            RSA_AES_KEY_WRAP_SHA_1,
            Reason.WRAPPED_AS_TEXT,
            b -> ascii(HexFormat.ofDelimiter(":").formatHex(b.wrapped(RSAES_OAEP_SHA_1, GOOD)))),
        wrapped(
            "wrapped, as PEM text",
            RSAES_OAEP_SHA_1,
            Reason.WRAPPED_AS_TEXT,
            b ->
                ascii(
                    "-----BEGIN KEY-----\n%s\n-----END KEY-----\n"
                        .formatted(
                            Base64.getEncoder()
                                .encodeToString(b.wrapped(RSAES_OAEP_SHA_1, GOOD))))));
  }

  private static Stream<Bad> tokens() {
    return Stream.of(
        token("of another key", Reason.TOKEN_OF_OTHER_KEY, b -> b.ofOtherKey().token()),
        token("of another store", Reason.TOKEN_OF_OTHER_STORE, b -> b.ofOtherStore().token()),
        token("cut off", Reason.TOKEN_MALFORMED, b -> Arrays.copyOf(b.oaep().token(), 40)),
        token("changed", Reason.TOKEN_UNKNOWN, b -> flipped(b.oaep().token())),
        token("empty", Reason.TOKEN_MALFORMED, b -> new byte[0]),
        token(
            "as base64 text",
            Reason.TOKEN_MALFORMED,
            b -> Base64.getEncoder().encode(b.oaep().token())),
        new Bad(
            "32 bytes",
            RSAES_OAEP_SHA_1,
            "-",
            "used",
            Reason.TOKEN_USED,
            b -> b.replayed().material()),
        // The last row: from here on all tokens are too old.
        token(
            "24 hours old",
            Reason.TOKEN_EXPIRED,
            b -> {
              b.test().clock.advance(Duration.ofHours(24));
              return b.oaep().token();
            }));
  }

  private static Bad bad(String what, WrappingAlgorithm algorithm, Reason reason, Making making) {
    return new Bad(what, algorithm, "-", "good", reason, making);
  }

  private static Bad material(
      String what, WrappingAlgorithm algorithm, Reason reason, byte[] material) {
    return bad(
        what,
        algorithm,
        reason,
        b -> MaterialImport.of(b.parameters(algorithm).token(), b.wrapped(algorithm, material)));
  }

  private static Bad wrapped(
      String what, WrappingAlgorithm algorithm, Reason reason, Function<Bench, byte[]> wrapped) {
    return bad(
        what,
        algorithm,
        reason,
        b -> MaterialImport.of(b.parameters(algorithm).token(), wrapped.apply(b)));
  }

  private static Bad good(
      String what, String checkValue, Reason reason, UnaryOperator<MaterialImport> with) {
    Making making =
        b -> with.apply(MaterialImport.of(b.oaep().token(), b.wrapped(RSAES_OAEP_SHA_1, GOOD)));
    return new Bad(what, RSAES_OAEP_SHA_1, checkValue, "good", reason, making);
  }

  private static Bad token(String what, Reason reason, Function<Bench, byte[]> token) {
    Making making = b -> MaterialImport.of(token.apply(b), b.wrapped(RSAES_OAEP_SHA_1, GOOD));
    return new Bad("32 bytes", RSAES_OAEP_SHA_1, "-", what, reason, making);
  }

  /** Below every modulus of as many bits, as an RSA ciphertext is. */
  private static byte[] belowModulus(int bytes) {
    byte[] garbage = Materials.bytes(bytes, 3);
    garbage[0] = 0;
    return garbage;
  }

  private static byte[] flipped(byte[] bytes) {
    byte[] copy = bytes.clone();
    copy[copy.length - 1] ^= 1;
    return copy;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static PublicKey ecKey() {
    try {
      return KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
