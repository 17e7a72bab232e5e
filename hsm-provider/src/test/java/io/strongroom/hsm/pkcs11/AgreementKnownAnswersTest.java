package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.DeriveAlgorithm.Ecdh;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm.Hmac;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The standards' own vectors of key agreement, with their private keys in the token. */
@ExtendWith(SoftHsmExtension.class)
class AgreementKnownAnswersTest {
  private static final String P256_INFO = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
  private static final String X25519_INFO = "302a300506032b656e032100";
  private static final String X448_INFO = "3042300506032b656f033900";

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static PublicKey publicKey(String kind, String info, String key) throws Exception {
    return KeyFactory.getInstance(kind, "SunEC")
        .generatePublic(new X509EncodedKeySpec(hex(info + key)));
  }

  /** One side of an agreement, as a standard prints it. */
  private record Side(KeyType type, String privateKey, PublicKey publicKey) {}

  private static void assertAgree(SoftHsmToken token, Side own, PublicKey peer, String secret)
      throws Exception {
    KeyId id = Material.id();
    KeySpec spec =
        KeySpec.of(id, "known-" + id, own.type()).withUsages(KeyUsage.DERIVE).asSession();
    try (Hsm hsm = Hsm.open(token.url());
        AgreementObjects objects = new AgreementObjects(token.url())) {
      objects.create(spec, hex(own.privateKey()), own.publicKey());
      KeyType whole = KeyType.secret(8 * own.type().bytes());
      KeyInfo derived =
          hsm.derive(id, new Ecdh(peer), KeySpec.of(Material.id(), "secret", whole).asSession());
      Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
      mac.init(new SecretKeySpec(hex(secret), "HmacSHA256"));
      assertThat(hsm.mac(derived.id(), new Hmac(Digest.SHA_256), new byte[] {1}))
          .isEqualTo(mac.doFinal(new byte[] {1}));
      hsm.destroy(id);
    }
  }

  /** NIST CAVP, ECC CDH Primitive, P-256, count 0. */
  @Test
  void eccCdh_ofCavp_matches(SoftHsmToken token) throws Exception {
    PublicKey own =
        publicKey(
            "EC",
            P256_INFO,
            "ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230"
                + "28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141");
    PublicKey peer =
        publicKey(
            "EC",
            P256_INFO,
            "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
                + "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac");
    assertAgree(
        token,
        new Side(
            KeyType.EC_P256,
            "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
            own),
        peer,
        "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
  }

  @Test
  void x25519_ofRfc7748Section61_matches(SoftHsmToken token) throws Exception {
    assertAgree(
        token,
        new Side(
            KeyType.X25519,
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            publicKey(
                "XDH",
                X25519_INFO,
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")),
        publicKey(
            "XDH", X25519_INFO, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"),
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  }

  @Test
  void x448_ofRfc7748Section62_matches(SoftHsmToken token) throws Exception {
    assertAgree(
        token,
        new Side(
            KeyType.X448,
            "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf5"
                + "74a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
            publicKey(
                "XDH",
                X448_INFO,
                "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bb"
                    + "c836647241d953d40c5b12da88120d53177f80e532c41fa0")),
        publicKey(
            "XDH",
            X448_INFO,
            "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972"
                + "fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609"),
        "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56"
            + "fd2464c335543936521c24403085d59a449a5037514a879d");
  }
}
