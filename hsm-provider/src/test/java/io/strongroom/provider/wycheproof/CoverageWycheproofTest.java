package io.strongroom.provider.wycheproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** No file is forgotten: each is run by a test of this package. */
@ExtendWith(NeedsVectors.class)
class CoverageWycheproofTest {

  private static final List<String> RUN =
      List.of(
          "aes_cbc_pkcs5_test.json",
          "aes_cmac_test.json",
          "aes_gcm_test.json",
          "aes_kwp_test.json",
          "aes_wrap_test.json",
          "ecdh_secp256r1_test.json",
          "ecdh_secp384r1_test.json",
          "ecdh_secp521r1_test.json",
          "ecdsa_secp256r1_sha256_p1363_test.json",
          "ecdsa_secp256r1_sha256_test.json",
          "ecdsa_secp384r1_sha384_p1363_test.json",
          "ecdsa_secp384r1_sha384_test.json",
          "ecdsa_secp521r1_sha512_p1363_test.json",
          "ecdsa_secp521r1_sha512_test.json",
          "ed25519_test.json",
          "ed448_test.json",
          "hkdf_sha256_test.json",
          "hkdf_sha384_test.json",
          "hkdf_sha512_test.json",
          "hmac_sha1_test.json",
          "hmac_sha224_test.json",
          "hmac_sha256_test.json",
          "hmac_sha384_test.json",
          "hmac_sha512_test.json",
          "rsa_oaep_2048_sha1_mgf1sha1_test.json",
          "rsa_oaep_2048_sha256_mgf1sha256_test.json",
          "rsa_oaep_2048_sha512_mgf1sha512_test.json",
          "rsa_oaep_3072_sha256_mgf1sha256_test.json",
          "rsa_pkcs1_2048_test.json",
          "rsa_pss_2048_sha256_mgf1_32_test.json",
          "rsa_pss_3072_sha256_mgf1_32_test.json",
          "rsa_pss_4096_sha512_mgf1_64_test.json",
          "rsa_pss_misc_test.json",
          "rsa_signature_2048_sha256_test.json",
          "rsa_signature_3072_sha384_test.json",
          "rsa_signature_4096_sha512_test.json",
          "x25519_test.json");

  @Test
  void everyFile_isRun() {
    assertThat(VectorFile.names()).isSubsetOf(RUN);
  }
}
