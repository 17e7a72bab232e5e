package io.strongroom.provider.wycheproof;

import io.strongroom.hsm.CipherAlgorithm.RsaPkcs1;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.pkcs11.DeviceExtension;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same on NSS softoken, which has OAEP with every hash function and heeds the label. */
@DeviceExtension.OnNss
class NssRsaCipherWycheproofTest extends RsaCipherWycheproofTest {

  /** Where the padding is wrong it gives other bytes, the same each time: implicit rejection. */
  @Override
  @Test
  void rsaPkcs1_eachVector_endsAsItSays() {
    run(
        "rsa_pkcs1_2048_test.json",
        "Cipher on NSS",
        vector -> decryptsToMessage(vector) ? Verdict.ACCEPTED : Verdict.REFUSED);
  }

  private boolean decryptsToMessage(Vector vector) throws Exception {
    KeyId key = token().rsa(vector.groupBytes("privateKeyPkcs8"), vector.groupNumber("keySize"));
    try {
      byte[] plaintext = token().hsm.decrypt(key, new RsaPkcs1(), vector.bytes("ct"));
      return Arrays.equals(plaintext, vector.bytes("msg"));
    } catch (HsmException.AuthenticationFailed | HsmException.BadInput _) {
      return false;
    }
  }

  @Override
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rsa_oaep_2048_sha256_mgf1sha256_test.json",
        "rsa_oaep_2048_sha512_mgf1sha512_test.json",
        "rsa_oaep_3072_sha256_mgf1sha256_test.json",
      })
  void rsaOaepWithSha2_eachVector_isRefusedByName(String file) {
    run(file, "Cipher on NSS", this::decryptOaep);
  }
}
