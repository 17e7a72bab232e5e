package io.strongroom.provider.wycheproof;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.MacAlgorithm.AesCmac;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import org.junit.jupiter.api.Test;

/** AES-CMAC; a vector whose tag is shorter than a block is compared with that much of it. */
class CmacWycheproofTest extends VectorSuite {

  @Test
  void aesCmac_eachVector_endsAsItSays() {
    run("aes_cmac_test.json", "Hsm.mac", this::compute);
    run("aes_cmac_test.json", "Mac", this::computeByProvider);
  }

  private Verdict computeByProvider(Vector vector) throws Exception {
    Mac mac = Mac.getInstance("AESCMAC", token().provider);
    try {
      mac.init(token().jca(token().aes(vector.bytes("key"))));
    } catch (HsmException.BadInput e) {
      // There is no AES key of that length.
      return Verdict.REFUSED;
    }
    byte[] tag = Arrays.copyOf(mac.doFinal(vector.bytes("msg")), vector.groupNumber("tagSize") / 8);
    return Verdict.of(MessageDigest.isEqual(tag, vector.bytes("tag")));
  }

  private Verdict compute(Vector vector) throws Exception {
    byte[] whole;
    try {
      whole = token().hsm.mac(token().aes(vector.bytes("key")), new AesCmac(), vector.bytes("msg"));
    } catch (HsmException.UnsupportedMechanism e) {
      return new Verdict.NotApplicable("SoftHSM2 lacks it");
    } catch (HsmException.BadInput e) {
      // There is no AES key of that length.
      return Verdict.REFUSED;
    }
    byte[] tag = Arrays.copyOf(whole, vector.groupNumber("tagSize") / 8);
    return Verdict.of(MessageDigest.isEqual(tag, vector.bytes("tag")));
  }
}
