package io.strongroom.provider.wycheproof;

import io.strongroom.hsm.HsmException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.ProviderException;
import java.util.Arrays;
import javax.crypto.Mac;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HMAC; a vector whose tag is shorter than the digest is compared with that much of it. */
class HmacWycheproofTest extends VectorSuite {

  @ParameterizedTest
  @CsvSource({
    "hmac_sha1_test.json, HmacSHA1",
    "hmac_sha224_test.json, HmacSHA224",
    "hmac_sha256_test.json, HmacSHA256",
    "hmac_sha384_test.json, HmacSHA384",
    "hmac_sha512_test.json, HmacSHA512",
  })
  void hmac_eachVector_endsAsItSays(String file, String algorithm) {
    run(file, "Mac", vector -> compute(algorithm, vector));
  }

  private Verdict compute(String algorithm, Vector vector) throws Exception {
    byte[] value = vector.bytes("key");
    Key key = token().jca(token().secret(value));
    Mac mac = Mac.getInstance(algorithm, token().provider);
    mac.init(key);
    byte[] computed;
    try {
      computed = mac.doFinal(vector.bytes("msg"));
    } catch (ProviderException e) {
      if (value.length < mac.getMacLength() && e.getCause() instanceof HsmException.BadInput) {
        return new Verdict.NotApplicable("SoftHSM2 wants a key as long as the digest");
      }
      throw e;
    }
    byte[] tag = Arrays.copyOf(computed, vector.groupNumber("tagSize") / 8);
    return Verdict.of(MessageDigest.isEqual(tag, vector.bytes("tag")));
  }
}
