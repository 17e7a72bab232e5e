package io.strongroom.provider.wycheproof;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.pkcs11.AgreementObjects;
import io.strongroom.hsm.pkcs11.DeviceExtension;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.jce.spec.ECNamedCurveParameterSpec;
import org.bouncycastle.jce.spec.ECPublicKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Diffie-Hellman on curves. The shared secret stays inside: a MAC made with it there has to be the
 * one that the JDK makes with the vector's.
 */
class AgreementWycheproofTest extends VectorSuite {
  private static final byte[] X25519_INFO = HexFormat.of().parseHex("302a300506032b656e032100");
  private static final byte[] MESSAGE = {1, 2, 3};

  private @Nullable AgreementObjects objects;

  @BeforeAll
  void openObjects(DeviceExtension.Url url) {
    objects = new AgreementObjects(url.text());
  }

  @AfterAll
  void closeObjects() {
    Objects.requireNonNull(objects).close();
  }

  @ParameterizedTest
  @CsvSource({
    "ecdh_secp256r1_test.json, EC_256",
    "ecdh_secp384r1_test.json, EC_384",
    "ecdh_secp521r1_test.json, EC_521",
  })
  void ecdh_eachVector_endsAsItSays(String file, String type) {
    run(file, "KeyAgreement", v -> agree(v, "ECDH", nist(v, KeyType.parse(type)), ecPeer(v)));
  }

  @Test
  void x25519_eachVector_endsAsItSays() {
    run(
        "x25519_test.json",
        "KeyAgreement",
        v -> agree(v, "X25519", montgomery(v), montgomeryPeer(v)));
  }

  private Verdict agree(Vector vector, String algorithm, Key own, @Nullable PublicKey peer)
      throws Exception {
    if (peer == null) {
      return new Verdict.Refused();
    }
    KeyAgreement agreement = KeyAgreement.getInstance(algorithm, token().provider);
    agreement.init(own);
    try {
      agreement.doPhase(peer, true);
    } catch (InvalidKeyException _) {
      return new Verdict.Refused();
    }
    SecretKey derived = agreement.generateSecret("HmacSHA256");
    byte[] mac = mac(Mac.getInstance("HmacSHA256", token().provider), derived);
    derived.destroy();
    Key shared = new SecretKeySpec(vector.bytes("shared"), "HmacSHA256");
    assertThat(mac).isEqualTo(mac(Mac.getInstance("HmacSHA256", "SunJCE"), shared));
    return new Verdict.Accepted();
  }

  private static byte[] mac(Mac mac, Key key) throws GeneralSecurityException {
    mac.init(key);
    return mac.doFinal(MESSAGE);
  }

  private static @Nullable PublicKey ecPeer(Vector vector) throws GeneralSecurityException {
    return decoded("EC", vector.bytes("public"));
  }

  private static @Nullable PublicKey montgomeryPeer(Vector vector) throws GeneralSecurityException {
    return decoded("XDH", concatenate(X25519_INFO, vector.bytes("public")));
  }

  private static @Nullable PublicKey decoded(String kind, byte[] encoded)
      throws GeneralSecurityException {
    try {
      return KeyFactory.getInstance(kind, "SunEC").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (InvalidKeySpecException _) {
      return null;
    }
  }

  private Key nist(Vector vector, KeyType type) throws GeneralSecurityException {
    BigInteger number = new BigInteger(1, vector.bytes("private"));
    ECNamedCurveParameterSpec curve =
        ECNamedCurveTable.getParameterSpec("secp" + type.bits() + "r1");
    return held(
        type,
        number.toByteArray(),
        () ->
            KeyFactory.getInstance("EC", VectorToken.BOUNCY_CASTLE)
                .generatePublic(new ECPublicKeySpec(curve.getG().multiply(number), curve)));
  }

  private Key montgomery(Vector vector) throws GeneralSecurityException {
    byte[] value = vector.bytes("private");
    return held(KeyType.X25519, value, () -> timesBase(value));
  }

  private static PublicKey timesBase(byte[] value) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("XDH", "SunEC");
    NamedParameterSpec curve = NamedParameterSpec.X25519;
    KeyAgreement withBase = KeyAgreement.getInstance("XDH", "SunEC");
    withBase.init(factory.generatePrivate(new XECPrivateKeySpec(curve, value)));
    withBase.doPhase(
        factory.generatePublic(new XECPublicKeySpec(curve, BigInteger.valueOf(9))), true);
    byte[] encoded = concatenate(X25519_INFO, withBase.generateSecret());
    return factory.generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** Makes the public half, which takes longer than to look whether it is needed. */
  private interface PublicHalf {
    PublicKey make() throws GeneralSecurityException;
  }

  private Key held(KeyType type, byte[] value, PublicHalf half) throws GeneralSecurityException {
    String name = type + HexFormat.of().formatHex(value);
    KeyId id = token().held(name);
    if (id == null) {
      KeySpec spec = token().spec("", type, KeyUsage.DERIVE);
      Objects.requireNonNull(objects).create(spec, value, half.make());
      id = token().hold(name, spec.id());
    }
    return token().jca(id);
  }

  private static byte[] concatenate(byte[] a, byte[] b) {
    byte[] both = new byte[a.length + b.length];
    System.arraycopy(a, 0, both, 0, a.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
