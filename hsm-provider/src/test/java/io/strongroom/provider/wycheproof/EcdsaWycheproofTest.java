package io.strongroom.provider.wycheproof;

import io.strongroom.hsm.SignatureAlgorithm.Ecdsa;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ECDSA signatures: by the provider, which leaves them to the JDK, and, those that are r || s, in
 * the token.
 */
class EcdsaWycheproofTest extends SignatureSuite {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ecdsa_secp256r1_sha256_test.json",
        "ecdsa_secp384r1_sha384_test.json",
        "ecdsa_secp521r1_sha512_test.json",
      })
  void ecdsaInDer_eachVector_endsAsItSays(String file) {
    run(file, "Signature", v -> verify(v, hash(v) + "withECDSA", key(v), null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ecdsa_secp256r1_sha256_p1363_test.json",
        "ecdsa_secp384r1_sha384_p1363_test.json",
        "ecdsa_secp521r1_sha512_p1363_test.json",
      })
  void ecdsaInP1363_eachVector_endsAsItSays(String file) {
    run(file, "Signature", v -> verify(v, hash(v) + "withECDSAinP1363Format", key(v), null));
    run(
        file,
        "Hsm.verify",
        v -> verifyInToken(v, new Ecdsa(), key(v), RsaSignatureWycheproofTest.digest(v)));
  }

  private static PublicKey key(Vector vector) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC", "SunEC")
        .generatePublic(new X509EncodedKeySpec(vector.groupBytes("publicKeyDer")));
  }
}
