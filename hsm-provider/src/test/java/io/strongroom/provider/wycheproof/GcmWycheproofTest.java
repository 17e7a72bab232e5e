package io.strongroom.provider.wycheproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.InvalidAlgorithmParameterException;
import java.security.Key;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.bouncycastle.util.Arrays;
import org.junit.jupiter.api.Test;

/** AES-GCM, both ways. */
class GcmWycheproofTest extends VectorSuite {
  private static final int MAX_IV_BYTES = 256;

  @Test
  void aesGcm_eachVector_endsAsItSays() {
    run("aes_gcm_test.json", "Cipher", this::decryptAndEncrypt);
  }

  private Verdict decryptAndEncrypt(Vector vector) throws Exception {
    Key key = token().jca(token().aes(vector.bytes("key")));
    byte[] iv = vector.bytes("iv");
    GCMParameterSpec parameters = new GCMParameterSpec(vector.groupNumber("tagSize"), iv);
    byte[] sealed = Arrays.concatenate(vector.bytes("ct"), vector.bytes("tag"));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", token().provider);
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, parameters);
      cipher.updateAAD(vector.bytes("aad"));
      assertThat(cipher.doFinal(sealed)).isEqualTo(vector.bytes("msg"));
    } catch (InvalidAlgorithmParameterException e) {
      return iv.length > MAX_IV_BYTES
          ? new Verdict.NotApplicable("PKCS#11 takes IVs of at most 256 bytes")
          : Verdict.REFUSED;
    } catch (AEADBadTagException e) {
      return Verdict.REFUSED;
    }
    cipher.init(Cipher.ENCRYPT_MODE, key, parameters);
    cipher.updateAAD(vector.bytes("aad"));
    assertThat(cipher.doFinal(vector.bytes("msg"))).isEqualTo(sealed);
    return Verdict.ACCEPTED;
  }
}
