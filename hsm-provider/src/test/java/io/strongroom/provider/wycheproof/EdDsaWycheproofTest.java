package io.strongroom.provider.wycheproof;

import io.strongroom.hsm.SignatureAlgorithm.EdDsa;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** EdDSA signatures: by the provider, which leaves them to the JDK, and in the token. */
class EdDsaWycheproofTest extends SignatureSuite {

  @ParameterizedTest
  @ValueSource(strings = {"ed25519_test.json", "ed448_test.json"})
  void edDsa_eachVector_endsAsItSays(String file) {
    run(file, "Signature", v -> verify(v, "EdDSA", key(v), null));
    run(file, "Hsm.verify", v -> verifyInToken(v, new EdDsa(), key(v), v.bytes("msg")));
  }

  private static PublicKey key(Vector vector) throws GeneralSecurityException {
    return KeyFactory.getInstance("EdDSA", "SunEC")
        .generatePublic(new X509EncodedKeySpec(vector.groupBytes("publicKeyDer")));
  }
}
