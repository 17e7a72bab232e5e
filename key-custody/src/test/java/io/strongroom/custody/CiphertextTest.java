package io.strongroom.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CiphertextTest {

  private static final UUID KEY_ID = UUID.fromString("0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0");
  private static final Map<String, String> CONTEXT =
      Map.of("invoice", "4711", "\u00c4rger", "\u00df", "", "empty name", "a", "");

  @Test
  void golden_parsedAndEncoded_isTheSameBytes() throws Exception {
    byte[] golden = golden("ciphertext");
    Ciphertext parsed = Ciphertext.parse(golden);
    assertThat(parsed.keyId()).isEqualTo(KEY_ID);
    assertThat(parsed.keyVersion()).isEqualTo(7);
    assertThat(parsed.encode()).isEqualTo(golden);
  }

  @Test
  void golden_context_yieldsTheSameAad() throws Exception {
    assertThat(Ciphertext.aad(KEY_ID, 7, CONTEXT)).isEqualTo(golden("aad"));
  }

  @Test
  void golden_decryptedByJca_yieldsThePlaintext() throws Exception {
    Ciphertext parsed = Ciphertext.parse(golden("ciphertext"));
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, parsed.iv()));
    gcm.updateAAD(parsed.aad(CONTEXT));
    assertThat(new String(gcm.doFinal(parsed.sealed()), StandardCharsets.UTF_8))
        .isEqualTo("Strongroom golden plaintext \u2014 1");
  }

  @ParameterizedTest
  @MethodSource
  void parse_malformedBytes_areRefusedAsMalformed(UnaryOperator<byte[]> damage) throws Exception {
    byte[] damaged = damage.apply(golden("ciphertext"));
    assertThatThrownBy(() -> Ciphertext.parse(damaged))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
  }

  static Stream<Named<UnaryOperator<byte[]>>> parse_malformedBytes_areRefusedAsMalformed() {
    return Stream.of(
        Named.of("nothing", b -> new byte[0]),
        Named.of("cut off in the header", b -> Arrays.copyOf(b, 30)),
        Named.of("cut off in the tag", b -> Arrays.copyOf(b, b.length - 1)),
        Named.of("a byte more", b -> Arrays.copyOf(b, b.length + 1)),
        Named.of("another magic", b -> with(b, 0, 'X')),
        Named.of("another format version", b -> with(b, 4, 2)),
        Named.of("key version 0", b -> withInt(b, 21, 0)),
        Named.of("a negative key version", b -> withInt(b, 21, -1)),
        Named.of("another algorithm", b -> with(b, 25, 2)),
        Named.of("length below a tag", b -> withInt(b, 38, 15)),
        Named.of("length of 2 GiB", b -> withInt(b, 38, Integer.MAX_VALUE)),
        Named.of("a negative length", b -> withInt(b, 38, -1)));
  }

  @Test
  void constructor_ivOfOtherLength_isRefused() {
    assertThatThrownBy(() -> new Ciphertext(KEY_ID, 1, new byte[16], new byte[16]))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("IV of 16 bytes, not 12");
  }

  @Test
  void constructor_sealedTooLong_isRefused() {
    assertThatThrownBy(() -> new Ciphertext(KEY_ID, 1, new byte[12], new byte[4113]))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("4113");
  }

  @Test
  void aad_partsOfNamesAndValuesShifted_differs() {
    assertThat(Ciphertext.aad(KEY_ID, 1, Map.of("ab", "c")))
        .isNotEqualTo(Ciphertext.aad(KEY_ID, 1, Map.of("a", "bc")));
  }

  @Test
  void aad_otherKeyOrVersion_differs() {
    assertThat(Ciphertext.aad(KEY_ID, 1, CONTEXT))
        .isNotEqualTo(Ciphertext.aad(KEY_ID, 2, CONTEXT))
        .isNotEqualTo(Ciphertext.aad(new UUID(1, 2), 1, CONTEXT));
  }

  @Test
  void aad_unpairedSurrogate_isRefusedAsMalformed() {
    assertThatThrownBy(() -> Ciphertext.aad(KEY_ID, 1, Map.of("a", "\ud800")))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("not Unicode");
  }

  @Test
  void aad_contextAboveLimit_isRefusedAsTooLong() {
    assertThatThrownBy(() -> Ciphertext.aad(KEY_ID, 1, Map.of("a", "x".repeat(8192))))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LONG));
  }

  private static byte[] with(byte[] bytes, int offset, int value) {
    bytes[offset] = (byte) value;
    return bytes;
  }

  private static byte[] withInt(byte[] bytes, int offset, int value) {
    return ByteBuffer.wrap(bytes).putInt(offset, value).array();
  }

  private static byte[] golden(String name) throws IOException {
    Properties golden = new Properties();
    try (InputStream in = CiphertextTest.class.getResourceAsStream("ciphertext-v1.properties")) {
      golden.load(in);
    }
    return HexFormat.of().parseHex(golden.getProperty(name));
  }
}
