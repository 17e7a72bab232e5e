package io.strongroom.custody.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Officers' keys under passphrases, as OpenSSL writes them. */
class PrivateKeyPemTest {

  /** Nobody is to be asked for a passphrase. */
  static final Supplier<byte[]> NONE =
      () -> {
        throw new AssertionError("this key is under no passphrase");
      };

  private static final String PASSPHRASE = "größer als 25 letters";

  @ParameterizedTest
  @CsvSource({
    "EC, -v2 aes-256-cbc",
    "RSA, -v2 aes-128-cbc -v2prf hmacWithSHA512 -iter 100000",
    "Ed25519, -v2 aes-256-cbc -v2prf hmacWithSHA1"
  })
  void read_keyUnderAPassphrase_isTheKeyOnceThatIsGiven(String kind, String how) throws Exception {
    KeyPair pair = SignedRecordTest.pair(kind);
    assertThat(pem(passphrase(PASSPHRASE)).read(encrypted(pair, how))).isEqualTo(pair.getPrivate());
  }

  @Test
  void read_anotherPassphrase_isRefusedAndNotRepeated() throws Exception {
    byte[] encrypted = encrypted(SignedRecordTest.pair("EC"), "-v2 aes-256-cbc");
    for (String wrong : List.of("guessed", "")) {
      assertThatThrownBy(() -> pem(passphrase(wrong)).read(encrypted))
          .isInstanceOf(CustodyException.BadInput.class)
          .hasMessageContaining("not the passphrase")
          .hasMessageNotContaining("guessed");
    }
  }

  @Test
  void read_passphrase_isZeroedAfterwards() throws Exception {
    byte[] given = PASSPHRASE.getBytes(StandardCharsets.UTF_8);
    byte[] encrypted = encrypted(SignedRecordTest.pair("EC"), "-v2 aes-256-cbc");
    new PrivateKeyPem("Ann", () -> given).read(encrypted);
    assertThat(given).containsOnly(0);
  }

  @Test
  void read_encryptedInAWayThatIsUnknown_isRefusedWithOneThatIsKnown() throws Exception {
    byte[] encrypted = encrypted(SignedRecordTest.pair("EC"), "-scrypt");
    assertThatThrownBy(() -> pem(NONE).read(encrypted))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("openssl pkcs8 -topk8 -v2 aes-256-cbc");
  }

  @ParameterizedTest
  @CsvSource({
    "ENCRYPTED PRIVATE KEY, AAAA, not read here",
    "PRIVATE KEY, AAAA, none of EC",
    "ENCRYPTED PRIVATE KEY, A=A, no base64",
    "RSA PRIVATE KEY, AAAA, openssl pkcs8"
  })
  void read_whatIsNoKey_isRefused(String kind, String body, String said) {
    String file = "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(kind, body);
    assertThatThrownBy(() -> pem(NONE).read(file.getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining(said);
  }

  private static PrivateKeyPem pem(Supplier<byte[]> passphrase) {
    return new PrivateKeyPem("Ann", passphrase);
  }

  private static Supplier<byte[]> passphrase(String text) {
    return () -> text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] encrypted(KeyPair pair, String how)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl", "pkcs8", "-topk8"));
    command.addAll(List.of(how.split(" ")));
    command.addAll(List.of("-passout", "env:OFFICER_PASSPHRASE"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OFFICER_PASSPHRASE", PASSPHRASE);
    Process openssl = builder.start();
    try (var in = openssl.getOutputStream()) {
      in.write(SignedRecordTest.pem(pair));
    }
    byte[] encrypted = openssl.getInputStream().readAllBytes();
    assertThat(openssl.waitFor()).as("exit code of openssl pkcs8 %s", how).isZero();
    return encrypted;
  }
}
