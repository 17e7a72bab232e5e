package io.strongroom.provider.wycheproof;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.softhsm.NssToken;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.Key;
import java.util.Objects;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HKDF, on NSS softoken: SoftHSM2 has none. Keys are compared by a MAC made with them inside. */
@ExtendWith(NeedsVectors.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HkdfWycheproofTest {
  private static final int MOST_BYTES = 512;

  private @Nullable VectorToken token;

  @BeforeAll
  void open(@TempDir Path dir) throws GeneralSecurityException {
    token = new VectorToken(NssToken.create(dir).url());
  }

  @AfterAll
  void close() {
    token().close();
  }

  private VectorToken token() {
    return Objects.requireNonNull(token);
  }

  @ParameterizedTest
  @CsvSource({
    "hkdf_sha256_test.json, HKDF-SHA256",
    "hkdf_sha384_test.json, HKDF-SHA384",
    "hkdf_sha512_test.json, HKDF-SHA512"
  })
  void hkdf_eachVector_endsAsItSays(String file, String algorithm) {
    Tally tally = VectorSuite.tally(file, "KDF", vector -> derive(algorithm, vector));
    assertThat(tally.failures()).isEmpty();
    assertThat(tally.passed()).isPositive();
  }

  private Verdict derive(String algorithm, Vector vector) throws Exception {
    int bytes = vector.test().required("size").asInt();
    if (bytes > MOST_BYTES && vector.result() == Vector.Result.VALID) {
      return new Verdict.NotApplicable("a key has at most 512 bytes");
    }
    SecretKey source = (SecretKey) token().jca(token().source(vector.bytes("ikm")));
    HKDFParameterSpec.Builder given = HKDFParameterSpec.ofExtract().addIKM(source);
    byte[] salt = vector.bytes("salt");
    if (salt.length > 0) {
      given.addSalt(salt);
    }
    KDF kdf = KDF.getInstance(algorithm, token().provider);
    SecretKey derived;
    try {
      derived = kdf.deriveKey("GenericSecret", given.thenExpand(vector.bytes("info"), bytes));
    } catch (InvalidAlgorithmParameterException _) {
      return new Verdict.Refused();
    }
    byte[] mac = mac(Mac.getInstance("HmacSHA256", token().provider), derived);
    derived.destroy();
    Key answer = new SecretKeySpec(vector.bytes("okm"), "HmacSHA256");
    assertThat(mac).isEqualTo(mac(Mac.getInstance("HmacSHA256", "SunJCE"), answer));
    return new Verdict.Accepted();
  }

  private static byte[] mac(Mac mac, Key key) throws GeneralSecurityException {
    mac.init(key);
    return mac.doFinal();
  }
}
