package io.strongroom.provider.wycheproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.InvalidAlgorithmParameterException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RSA decryption with a private key in the token. */
class RsaCipherWycheproofTest extends VectorSuite {

  @Test
  void rsaPkcs1_eachVector_endsAsItSays() {
    run(
        "rsa_pkcs1_2048_test.json",
        "Cipher",
        vector -> decrypt("RSA/ECB/PKCS1Padding", null, vector));
  }

  @Test
  void rsaOaepWithSha1_eachVector_endsAsItSays() {
    run("rsa_oaep_2048_sha1_mgf1sha1_test.json", "Cipher", this::decryptOaep);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rsa_oaep_2048_sha256_mgf1sha256_test.json",
        "rsa_oaep_2048_sha512_mgf1sha512_test.json",
        "rsa_oaep_3072_sha256_mgf1sha256_test.json",
      })
  void rsaOaepWithSha2_eachVector_isRefusedByName(String file) {
    runInapplicable(file, "Cipher", this::decryptOaep);
  }

  final Verdict decryptOaep(Vector vector) throws Exception {
    OAEPParameterSpec oaep =
        new OAEPParameterSpec(
            vector.groupText("sha"),
            vector.groupText("mgf"),
            new MGF1ParameterSpec(vector.groupText("mgfSha")),
            new PSource.PSpecified(vector.bytes("label")));
    return decrypt("RSA/ECB/OAEPPadding", oaep, vector);
  }

  private Verdict decrypt(
      String transformation,
      @org.jspecify.annotations.Nullable AlgorithmParameterSpec parameters,
      Vector vector)
      throws Exception {
    Key key =
        token()
            .jca(token().rsa(vector.groupBytes("privateKeyPkcs8"), vector.groupNumber("keySize")));
    Cipher cipher = Cipher.getInstance(transformation, token().provider);
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, parameters);
    } catch (InvalidAlgorithmParameterException e) {
      return new Verdict.NotApplicable("SoftHSM2 has OAEP with SHA-1 and no label only");
    }
    try {
      assertThat(cipher.doFinal(vector.bytes("ct"))).isEqualTo(vector.bytes("msg"));
      return Verdict.ACCEPTED;
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      return Verdict.REFUSED;
    }
  }
}
