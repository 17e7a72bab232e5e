package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Known answers: the test cases of the GCM specification submitted to NIST, appendix B. */
@ExtendWith(SoftHsmExtension.class)
class GcmVectorsTest {

  private static final HexFormat HEX = HexFormat.of();
  private static ProviderFixture fixture;

  @BeforeAll
  static void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @ParameterizedTest(name = "test case {0}")
  @CsvSource({
    "1, 00000000000000000000000000000000, 000000000000000000000000, '', '',"
        + " 58e2fccefa7e3061367f1d57a4e7455a",
    "2, 00000000000000000000000000000000, 000000000000000000000000, '',"
        + " 00000000000000000000000000000000,"
        + " 0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf",
    "4, feffe9928665731c6d6a8f9467308308, cafebabefacedbaddecaf888,"
        + " feedfacedeadbeeffeedfacedeadbeefabaddad2,"
        + " d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39,"
        + " 42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
        + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
    "5, feffe9928665731c6d6a8f9467308308, cafebabefacedbad,"
        + " feedfacedeadbeeffeedfacedeadbeefabaddad2,"
        + " d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39,"
        + " 61353b4c2806934a777ff51fa22a4755699b2a714fcdc6f83766e5f97b6c7423"
        + "73806900e49f24b22b097544d4896b424989b5e1ebac0f07c23f45983612d2e79e3b0785561be14aaca2fccb",
    "13, 0000000000000000000000000000000000000000000000000000000000000000,"
        + " 000000000000000000000000, '', '', 530f8afbc74536b9a963b4f1c4cb738b",
    "14, 0000000000000000000000000000000000000000000000000000000000000000,"
        + " 000000000000000000000000, '', 00000000000000000000000000000000,"
        + " cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
    "16, feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308,"
        + " cafebabefacedbaddecaf888, feedfacedeadbeeffeedfacedeadbeefabaddad2,"
        + " d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39,"
        + " 522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
  })
  void vector_bothWays_matches(
      int number, String key, String iv, String aad, String plaintext, String ciphertext)
      throws Exception {
    SecretKey inHsm = fixture.aes(HEX.parseHex(key)).inHsm();
    GCMParameterSpec parameters = new GCMParameterSpec(128, HEX.parseHex(iv));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", fixture.provider);
    cipher.init(Cipher.ENCRYPT_MODE, inHsm, parameters);
    cipher.updateAAD(HEX.parseHex(aad));
    assertThat(HEX.formatHex(cipher.doFinal(HEX.parseHex(plaintext)))).isEqualTo(ciphertext);
    cipher.init(Cipher.DECRYPT_MODE, inHsm, parameters);
    cipher.updateAAD(HEX.parseHex(aad));
    assertThat(HEX.formatHex(cipher.doFinal(HEX.parseHex(ciphertext)))).isEqualTo(plaintext);
  }
}
