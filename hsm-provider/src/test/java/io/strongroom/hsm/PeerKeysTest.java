package io.strongroom.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.DeriveAlgorithm.Ecdh;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.NamedParameterSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Public keys of others: what no device may be given. */
class PeerKeysTest {
  private static final BigInteger P_25519 =
      BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger P_448 =
      BigInteger.ONE
          .shiftLeft(448)
          .subtract(BigInteger.ONE.shiftLeft(224))
          .subtract(BigInteger.ONE);

  /** A public key of someone else's making: whatever curve and point it says. */
  private record Claimed(ECParameterSpec curve, ECPoint point) implements ECPublicKey {
    @Override
    public ECPoint getW() {
      return point;
    }

    @Override
    public ECParameterSpec getParams() {
      return curve;
    }

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return "none";
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }
  }

  private record ClaimedX(AlgorithmParameterSpec curve, BigInteger u) implements XECPublicKey {
    @Override
    public BigInteger getU() {
      return u;
    }

    @Override
    public AlgorithmParameterSpec getParams() {
      return curve;
    }

    @Override
    public String getAlgorithm() {
      return "XDH";
    }

    @Override
    public String getFormat() {
      return "none";
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }
  }

  private static ECPublicKey key(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(new ECGenParameterSpec(curve));
    return (ECPublicKey) generator.generateKeyPair().getPublic();
  }

  private static void assertRefused(PublicKey key, String said) {
    assertThatThrownBy(() -> new Ecdh(key))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource({"secp256r1, EC_256", "secp384r1, EC_384", "secp521r1, EC_521"})
  void point_onItsCurve_isTakenWithItsType(String curve, String type) throws Exception {
    ECPublicKey key = key(curve);

    Ecdh ecdh = new Ecdh(new Claimed(key.getParams(), key.getW()));

    assertThat(ecdh.type()).isEqualTo(KeyType.parse(type));
    assertThat(ecdh.peer()).isEqualTo(key);
  }

  @Test
  void key_ofAnotherProvider_isTaken() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
    generator.initialize(new ECGenParameterSpec("P-256"));
    PublicKey key = generator.generateKeyPair().getPublic();

    assertThat(new Ecdh(key).peer().getEncoded()).isEqualTo(key.getEncoded());
  }

  @Test
  void point_thatIsNone_isRefused() throws Exception {
    ECPublicKey key = key("secp256r1");
    ECParameterSpec curve = key.getParams();
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger x = key.getW().getAffineX();
    BigInteger y = key.getW().getAffineY();

    assertRefused(new Claimed(curve, ECPoint.POINT_INFINITY), "no point of its curve");
    assertRefused(new Claimed(curve, new ECPoint(x, y.add(BigInteger.ONE))), "no point");
    assertRefused(new Claimed(curve, new ECPoint(x.add(p), y)), "no point");
    assertRefused(new Claimed(curve, new ECPoint(x, y.subtract(p))), "no point");
    assertRefused(
        new Claimed(curve, new ECPoint(BigInteger.ONE.shiftLeft(100_000), y)), "no point");
  }

  @Test
  void curve_thatIsNoneOfOurs_isRefused() throws Exception {
    ECPublicKey key = key("secp256r1");
    ECParameterSpec real = key.getParams();
    EllipticCurve weak =
        new EllipticCurve(
            real.getCurve().getField(),
            real.getCurve().getA(),
            real.getCurve().getB().add(BigInteger.ONE));
    ECParameterSpec otherCurve =
        new ECParameterSpec(weak, real.getGenerator(), real.getOrder(), real.getCofactor());
    // CVE-2020-0601: the curve's own parameters with a generator of the attacker's.
    ECParameterSpec otherGenerator =
        new ECParameterSpec(real.getCurve(), key.getW(), real.getOrder(), real.getCofactor());
    ECParameterSpec otherCofactor =
        new ECParameterSpec(real.getCurve(), real.getGenerator(), real.getOrder(), 4);

    for (ECParameterSpec curve :
        new ECParameterSpec[] {otherCurve, otherGenerator, otherCofactor}) {
      assertRefused(new Claimed(curve, key.getW()), "none of P-256, P-384, P-521");
    }
  }

  @Test
  void key_thatIsNoneForAgreement_isRefused() throws Exception {
    assertRefused(
        KeyPairGenerator.getInstance("RSA", "SunRsaSign").generateKeyPair().getPublic(),
        "ECPublicKey");
    assertRefused(
        KeyPairGenerator.getInstance("Ed25519", "SunEC").generateKeyPair().getPublic(),
        "XECPublicKey");
  }

  // The points whose order divides 8, each as it is and, where 255 bits hold that, not reduced.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "325606250916557431795983626356110631294008115727848805560023387167927233504",
        "39382357235489614581723060781553021112529911719440698176882885853963445705823"
      })
  void smallOrder_onX25519_isRefused(String number) {
    BigInteger u = new BigInteger(number);
    assertRefused(new ClaimedX(NamedParameterSpec.X25519, u), "small order");
    if (u.add(P_25519).bitLength() <= 255) {
      assertRefused(new ClaimedX(NamedParameterSpec.X25519, u.add(P_25519)), "small order");
    }
  }

  @Test
  void smallOrder_beforeThePrime_isRefused() {
    assertRefused(
        new ClaimedX(NamedParameterSpec.X25519, P_25519.subtract(BigInteger.ONE)), "small order");
    assertRefused(new ClaimedX(NamedParameterSpec.X448, BigInteger.ZERO), "small order");
    assertRefused(new ClaimedX(NamedParameterSpec.X448, BigInteger.ONE), "small order");
    assertRefused(new ClaimedX(NamedParameterSpec.X448, P_448), "small order");
    assertRefused(
        new ClaimedX(NamedParameterSpec.X448, P_448.subtract(BigInteger.ONE)), "small order");
  }

  @Test
  void number_ofAnyOtherPoint_isTaken() {
    assertThatCode(() -> new Ecdh(new ClaimedX(NamedParameterSpec.X25519, BigInteger.valueOf(9))))
        .doesNotThrowAnyException();
    assertThat(new Ecdh(new ClaimedX(NamedParameterSpec.X448, BigInteger.valueOf(5))).type())
        .isEqualTo(KeyType.X448);
    Ecdh notReduced =
        new Ecdh(new ClaimedX(NamedParameterSpec.X25519, P_25519.add(BigInteger.valueOf(9))));
    assertThat(((XECPublicKey) notReduced.peer()).getU()).isEqualTo(9);
  }

  @Test
  void number_thatIsTooLongOrOnNoCurve_isRefused() {
    assertRefused(
        new ClaimedX(NamedParameterSpec.X25519, BigInteger.ONE.shiftLeft(256)), "32 bytes");
    assertRefused(new ClaimedX(NamedParameterSpec.X448, BigInteger.ONE.negate()), "56 bytes");
    assertRefused(new ClaimedX(NamedParameterSpec.ED25519, BigInteger.TWO), "neither");
  }
}
