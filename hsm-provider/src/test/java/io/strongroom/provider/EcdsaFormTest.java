package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jce.spec.ECNamedCurveParameterSpec;
import org.bouncycastle.jce.spec.ECPublicKeySpec;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The one form of an ECDSA signature, tried with a signature whose numbers are small. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EcdsaFormTest {
  private static final byte[] MESSAGE = {1, 2, 3};
  private static final int R = 5; // there is a point of P-256 with this x
  private static final int S = 0x80;

  private final ProviderFixture fixture;
  private final PublicKey key;

  EcdsaFormTest(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    key = keyThatSigned();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  /** The public key under which (R, S) signs the message: (S · point(R) - e · G) / R. */
  private static PublicKey keyThatSigned() throws Exception {
    ECNamedCurveParameterSpec curve = ECNamedCurveTable.getParameterSpec("secp256r1");
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(MESSAGE);
    ECPoint point =
        curve.getCurve().decodePoint(HexFormat.of().parseHex("02" + "0".repeat(63) + R));
    ECPoint signed =
        point
            .multiply(BigInteger.valueOf(S))
            .subtract(curve.getG().multiply(new BigInteger(1, digest)))
            .multiply(BigInteger.valueOf(R).modInverse(curve.getN()));
    byte[] encoded =
        KeyFactory.getInstance("EC", new BouncyCastleProvider())
            .generatePublic(new ECPublicKeySpec(signed.normalize(), curve))
            .getEncoded();
    return KeyFactory.getInstance("EC", "SunEC").generatePublic(new X509EncodedKeySpec(encoded));
  }

  @Test
  void usualForms_verify() throws Exception {
    assertThat(verifies("SHA256withECDSA", "30070201050202 0080")).isTrue();
    assertThat(
            verifies("SHA256withECDSAinP1363Format", "0".repeat(63) + "5" + "0".repeat(62) + "80"))
        .isTrue();
  }

  @Difference("ecdsa-exact-signatures")
  @Test
  void otherForms_thatTheJdkTakes_doNotVerify() throws Exception {
    assertOnlyTheJdkTakes("SHA256withECDSA", "3006020105020180");
    assertOnlyTheJdkTakes("SHA256withECDSAinP1363Format", "0580");
    assertOnlyTheJdkTakes("SHA256withECDSAinP1363Format", "00050080");
  }

  @Test
  void key_ofAnotherKind_isRefused() throws Exception {
    PublicKey rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic();
    Signature signature = Signature.getInstance("SHA256withECDSA", fixture.provider);

    assertThatThrownBy(() -> signature.initVerify(rsa)).isInstanceOf(InvalidKeyException.class);
  }

  private void assertOnlyTheJdkTakes(String algorithm, String hex) throws Exception {
    Signature jdk = Signature.getInstance(algorithm, "SunEC");
    jdk.initVerify(key);
    jdk.update(MESSAGE);
    assertThat(jdk.verify(HexFormat.of().parseHex(hex))).isTrue();
    assertThat(verifies(algorithm, hex)).isFalse();
  }

  private boolean verifies(String algorithm, String hex) throws Exception {
    Signature signature = Signature.getInstance(algorithm, fixture.provider);
    signature.initVerify(key);
    signature.update(MESSAGE);
    return signature.verify(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
