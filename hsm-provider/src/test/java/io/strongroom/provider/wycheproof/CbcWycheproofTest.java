package io.strongroom.provider.wycheproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Key;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import org.junit.jupiter.api.Test;

/** AES-CBC with padding, both ways. */
class CbcWycheproofTest extends VectorSuite {

  @Test
  void aesCbc_eachVector_endsAsItSays() {
    run("aes_cbc_pkcs5_test.json", "Cipher", this::decryptAndEncrypt);
  }

  private Verdict decryptAndEncrypt(Vector vector) throws Exception {
    Key key = token().jca(token().aes(vector.bytes("key")));
    IvParameterSpec iv = new IvParameterSpec(vector.bytes("iv"));
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding", token().provider);
    cipher.init(Cipher.DECRYPT_MODE, key, iv);
    try {
      assertThat(cipher.doFinal(vector.bytes("ct"))).isEqualTo(vector.bytes("msg"));
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      return Verdict.REFUSED;
    }
    cipher.init(Cipher.ENCRYPT_MODE, key, iv);
    assertThat(cipher.doFinal(vector.bytes("msg"))).isEqualTo(vector.bytes("ct"));
    return Verdict.ACCEPTED;
  }
}
