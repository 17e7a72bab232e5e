package io.strongroom.provider.spi;

import static io.strongroom.hsm.KeyType.Family.AES;
import static io.strongroom.hsm.KeyType.Family.EC;
import static io.strongroom.hsm.KeyType.Family.EDWARDS;
import static io.strongroom.hsm.KeyType.Family.MONTGOMERY;
import static io.strongroom.hsm.KeyType.Family.RSA;
import static io.strongroom.hsm.KeyType.Family.SECRET;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.provider.spi.BlockCipher.Mode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The one table of services: a new algorithm is a new row. Object identifiers as in the JDK. */
final class ServiceTable {

  private ServiceTable() {}

  static List<ServiceRow> rows() {
    return Stream.of(
            aes(),
            keyWraps(),
            rsaCiphers(),
            rsaSignatures(),
            ecdsaSignatures(),
            sha3Signatures(),
            edwards(),
            macs(),
            generators(),
            keyFactories(),
            agreements(),
            montgomery(),
            hkdf())
        .flatMap(rows -> rows)
        .toList();
  }

  private static Stream<ServiceRow> aes() {
    return Stream.of(
        gcm("AES/GCM/NoPadding", null),
        gcm("AES_128/GCM/NoPadding", 128).alias("2.16.840.1.101.3.4.1.6"),
        gcm("AES_192/GCM/NoPadding", 192).alias("2.16.840.1.101.3.4.1.26"),
        gcm("AES_256/GCM/NoPadding", 256).alias("2.16.840.1.101.3.4.1.46"),
        block("AES/CBC/NoPadding", Mode.CBC).needs("CKM_AES_CBC"),
        block("AES/CBC/PKCS5Padding", Mode.CBC_PADDED).needs("CKM_AES_CBC_PAD"),
        block("AES/CTR/NoPadding", Mode.CTR).needs("CKM_AES_CTR"),
        block("AES/ECB/NoPadding", Mode.ECB).needs("CKM_AES_ECB"),
        block("AES/ECB/PKCS5Padding", Mode.ECB_PADDED).needs("CKM_AES_ECB"),
        block("AES_128/CBC/NoPadding", Mode.CBC, 128).alias("2.16.840.1.101.3.4.1.2"),
        block("AES_192/CBC/NoPadding", Mode.CBC, 192).alias("2.16.840.1.101.3.4.1.22"),
        block("AES_256/CBC/NoPadding", Mode.CBC, 256).alias("2.16.840.1.101.3.4.1.42"),
        block("AES_128/ECB/NoPadding", Mode.ECB, 128).alias("2.16.840.1.101.3.4.1.1"),
        block("AES_192/ECB/NoPadding", Mode.ECB, 192).alias("2.16.840.1.101.3.4.1.21"),
        block("AES_256/ECB/NoPadding", Mode.ECB, 256).alias("2.16.840.1.101.3.4.1.41"));
  }

  private static Stream<ServiceRow> keyWraps() {
    return Stream.of(
        kw("AES/KW/NoPadding", null).alias("AESWrap"),
        kw("AES_128/KW/NoPadding", 128).alias("AESWrap_128", "2.16.840.1.101.3.4.1.5"),
        kw("AES_192/KW/NoPadding", 192).alias("AESWrap_192", "2.16.840.1.101.3.4.1.25"),
        kw("AES_256/KW/NoPadding", 256).alias("AESWrap_256", "2.16.840.1.101.3.4.1.45"),
        kwp("AES/KWP/NoPadding", null).alias("AESWrapPad"),
        kwp("AES_128/KWP/NoPadding", 128).alias("AESWrapPad_128", "2.16.840.1.101.3.4.1.8"),
        kwp("AES_192/KWP/NoPadding", 192).alias("AESWrapPad_192", "2.16.840.1.101.3.4.1.28"),
        kwp("AES_256/KWP/NoPadding", 256).alias("AESWrapPad_256", "2.16.840.1.101.3.4.1.48"),
        rsaAes("OAEPPadding", Digest.SHA_1),
        rsaAes("OAEPWithSHA-1AndMGF1Padding", Digest.SHA_1)
            .alias("RSAAESWrap/ECB/OAEPWithSHA1AndMGF1Padding"),
        rsaAes("OAEPWithSHA-224AndMGF1Padding", Digest.SHA_224),
        rsaAes("OAEPWithSHA-256AndMGF1Padding", Digest.SHA_256),
        rsaAes("OAEPWithSHA-384AndMGF1Padding", Digest.SHA_384),
        rsaAes("OAEPWithSHA-512AndMGF1Padding", Digest.SHA_512));
  }

  private static Stream<ServiceRow> rsaCiphers() {
    return Stream.of(
        rsa("PKCS1Padding", null).needs("CKM_RSA_PKCS").alias("RSA", "1.2.840.113549.1.1.1"),
        rsa("OAEPPadding", Digest.SHA_1),
        rsa("OAEPWithSHA-1AndMGF1Padding", Digest.SHA_1)
            .alias("RSA/ECB/OAEPWithSHA1AndMGF1Padding"),
        rsa("OAEPWithSHA-224AndMGF1Padding", Digest.SHA_224),
        rsa("OAEPWithSHA-256AndMGF1Padding", Digest.SHA_256),
        rsa("OAEPWithSHA-384AndMGF1Padding", Digest.SHA_384),
        rsa("OAEPWithSHA-512AndMGF1Padding", Digest.SHA_512));
  }

  private static Stream<ServiceRow> rsaSignatures() {
    return Stream.of(
        rsaSignature("NONEwithRSA", null),
        rsaSignature("SHA1withRSA", Digest.SHA_1).alias("1.2.840.113549.1.1.5"),
        rsaSignature("SHA224withRSA", Digest.SHA_224).alias("1.2.840.113549.1.1.14"),
        rsaSignature("SHA256withRSA", Digest.SHA_256).alias("1.2.840.113549.1.1.11"),
        rsaSignature("SHA384withRSA", Digest.SHA_384).alias("1.2.840.113549.1.1.12"),
        rsaSignature("SHA512withRSA", Digest.SHA_512).alias("1.2.840.113549.1.1.13"),
        pss("RSASSA-PSS", null).alias("1.2.840.113549.1.1.10"),
        pss("SHA1withRSASSA-PSS", Digest.SHA_1).alias("SHA1withRSAandMGF1", "SHA1withRSA/PSS"),
        pss("SHA224withRSASSA-PSS", Digest.SHA_224)
            .alias("SHA224withRSAandMGF1", "SHA224withRSA/PSS"),
        pss("SHA256withRSASSA-PSS", Digest.SHA_256)
            .alias("SHA256withRSAandMGF1", "SHA256withRSA/PSS"),
        pss("SHA384withRSASSA-PSS", Digest.SHA_384)
            .alias("SHA384withRSAandMGF1", "SHA384withRSA/PSS"),
        pss("SHA512withRSASSA-PSS", Digest.SHA_512)
            .alias("SHA512withRSAandMGF1", "SHA512withRSA/PSS"));
  }

  private static Stream<ServiceRow> ecdsaSignatures() {
    return Stream.of(
        ecdsa("NONEwithECDSA", null, false),
        ecdsa("SHA1withECDSA", Digest.SHA_1, false).alias("1.2.840.10045.4.1"),
        ecdsa("SHA224withECDSA", Digest.SHA_224, false).alias("1.2.840.10045.4.3.1"),
        ecdsa("SHA256withECDSA", Digest.SHA_256, false).alias("1.2.840.10045.4.3.2"),
        ecdsa("SHA384withECDSA", Digest.SHA_384, false).alias("1.2.840.10045.4.3.3"),
        ecdsa("SHA512withECDSA", Digest.SHA_512, false).alias("1.2.840.10045.4.3.4"),
        ecdsa("NONEwithECDSAinP1363Format", null, true),
        ecdsa("SHA1withECDSAinP1363Format", Digest.SHA_1, true),
        ecdsa("SHA224withECDSAinP1363Format", Digest.SHA_224, true),
        ecdsa("SHA256withECDSAinP1363Format", Digest.SHA_256, true),
        ecdsa("SHA384withECDSAinP1363Format", Digest.SHA_384, true),
        ecdsa("SHA512withECDSAinP1363Format", Digest.SHA_512, true));
  }

  /** SHA-3 (FIPS 202), which the JDK computes, so that no device needs to have it. */
  private static Stream<ServiceRow> sha3Signatures() {
    return Stream.of(
        rsaHashed("SHA3-224withRSA", "SHA3-224").alias("2.16.840.1.101.3.4.3.13"),
        rsaHashed("SHA3-256withRSA", "SHA3-256").alias("2.16.840.1.101.3.4.3.14"),
        rsaHashed("SHA3-384withRSA", "SHA3-384").alias("2.16.840.1.101.3.4.3.15"),
        rsaHashed("SHA3-512withRSA", "SHA3-512").alias("2.16.840.1.101.3.4.3.16"),
        ecdsaHashed("SHA3-224withECDSA", "SHA3-224", false).alias("2.16.840.1.101.3.4.3.9"),
        ecdsaHashed("SHA3-256withECDSA", "SHA3-256", false).alias("2.16.840.1.101.3.4.3.10"),
        ecdsaHashed("SHA3-384withECDSA", "SHA3-384", false).alias("2.16.840.1.101.3.4.3.11"),
        ecdsaHashed("SHA3-512withECDSA", "SHA3-512", false).alias("2.16.840.1.101.3.4.3.12"),
        ecdsaHashed("SHA3-224withECDSAinP1363Format", "SHA3-224", true),
        ecdsaHashed("SHA3-256withECDSAinP1363Format", "SHA3-256", true),
        ecdsaHashed("SHA3-384withECDSAinP1363Format", "SHA3-384", true),
        ecdsaHashed("SHA3-512withECDSAinP1363Format", "SHA3-512", true));
  }

  private static Stream<ServiceRow> edwards() {
    return Stream.of(
        edDsa("EdDSA", null),
        edDsa("Ed25519", KeyType.ED25519).alias("1.3.101.112"),
        edDsa("Ed448", KeyType.ED448).alias("1.3.101.113"),
        edwardsPair("EdDSA", d -> new KeyRequests(d, "EdDSA", EDWARDS, KeyType.ED25519.bits())),
        edwardsPair("Ed25519", d -> KeyRequests.only(d, "Ed25519", KeyType.ED25519))
            .alias("1.3.101.112"),
        edwardsPair("Ed448", d -> KeyRequests.only(d, "Ed448", KeyType.ED448))
            .alias("1.3.101.113"));
  }

  private static Stream<ServiceRow> macs() {
    return Stream.of(
        ServiceRow.of(
                "Mac",
                "AESCMAC",
                HsmMac.class,
                d -> new HsmMac(d, "AESCMAC", new MacAlgorithm.AesCmac()))
            .needs("CKM_AES_CMAC")
            .takes(AES)
            .alias("AES-CMAC"),
        hmac("HmacSHA1", Digest.SHA_1).needs("CKM_SHA_1_HMAC").alias("1.2.840.113549.2.7"),
        hmac("HmacSHA224", Digest.SHA_224).needs("CKM_SHA224_HMAC").alias("1.2.840.113549.2.8"),
        hmac("HmacSHA256", Digest.SHA_256).needs("CKM_SHA256_HMAC").alias("1.2.840.113549.2.9"),
        hmac("HmacSHA384", Digest.SHA_384).needs("CKM_SHA384_HMAC").alias("1.2.840.113549.2.10"),
        hmac("HmacSHA512", Digest.SHA_512).needs("CKM_SHA512_HMAC").alias("1.2.840.113549.2.11"));
  }

  private static Stream<ServiceRow> generators() {
    return Stream.of(
        secret("AES", AES, 256).needs("CKM_AES_KEY_GEN").alias("2.16.840.1.101.3.4.1"),
        secret("GenericSecret", SECRET, 256).alias("Generic"),
        secret("HmacSHA1", SECRET, 160).alias("1.2.840.113549.2.7"),
        secret("HmacSHA224", SECRET, 224).alias("1.2.840.113549.2.8"),
        secret("HmacSHA256", SECRET, 256).alias("1.2.840.113549.2.9"),
        secret("HmacSHA384", SECRET, 384).alias("1.2.840.113549.2.10"),
        secret("HmacSHA512", SECRET, 512).alias("1.2.840.113549.2.11"),
        pair("RSA", RSA, 3072).needs("CKM_RSA_PKCS_KEY_PAIR_GEN").alias("1.2.840.113549.1.1.1"),
        pair("EC", EC, 384)
            .needs("CKM_EC_KEY_PAIR_GEN")
            .alias("EllipticCurve", "1.2.840.10045.2.1"),
        ServiceRow.of("KeyStore", "HSM", HsmKeyStore.class, HsmKeyStore::new),
        ServiceRow.of("SecureRandom", "HSM", HsmRandom.class, HsmRandom::new));
  }

  private static Stream<ServiceRow> keyFactories() {
    return Stream.of(
        keyFactory("RSA", RSA).alias("1.2.840.113549.1.1.1"),
        keyFactory("EC", EC).alias("EllipticCurve", "1.2.840.10045.2.1"),
        keyFactory("EdDSA", EDWARDS),
        keyFactory("Ed25519", EDWARDS).alias("1.3.101.112"),
        keyFactory("Ed448", EDWARDS).alias("1.3.101.113"),
        secretFactory("AES", AES).alias("2.16.840.1.101.3.4.1"),
        secretFactory("GenericSecret", SECRET).alias("Generic"));
  }

  private static ServiceRow keyFactory(String name, KeyType.Family family) {
    return ServiceRow.of(
        "KeyFactory", name, PublicKeyFactory.class, d -> new PublicKeyFactory(d, name, family));
  }

  private static ServiceRow secretFactory(String name, KeyType.Family family) {
    return ServiceRow.of(
        "SecretKeyFactory",
        name,
        AttributeKeyFactory.class,
        d -> new AttributeKeyFactory(d, family));
  }

  private static Stream<ServiceRow> agreements() {
    return Stream.of(
        agreement("ECDH", EC, null).needs("CKM_ECDH1_DERIVE"),
        onMontgomery(agreement("XDH", MONTGOMERY, null)),
        onMontgomery(agreement("X25519", MONTGOMERY, KeyType.X25519)).alias("1.3.101.110"),
        onMontgomery(agreement("X448", MONTGOMERY, KeyType.X448)).alias("1.3.101.111"));
  }

  private static Stream<ServiceRow> montgomery() {
    return Stream.of(
        onMontgomery(pair("XDH", MONTGOMERY, KeyType.X25519.bits())),
        onMontgomery(montgomeryPair("X25519", KeyType.X25519)).alias("1.3.101.110"),
        onMontgomery(montgomeryPair("X448", KeyType.X448)).alias("1.3.101.111"),
        keyFactory("XDH", MONTGOMERY),
        keyFactory("X25519", MONTGOMERY).alias("1.3.101.110"),
        keyFactory("X448", MONTGOMERY).alias("1.3.101.111"));
  }

  private static Stream<ServiceRow> hkdf() {
    return Stream.of(Digest.SHA_256, Digest.SHA_384, Digest.SHA_512)
        .map(digest ->
            ServiceRow.of(
                    "KDF",
                    "HKDF-" + digest.jcaName().replace("-", ""),
                    HkdfDerivation.class,
                    d -> HkdfDerivation.of(d, digest))
                .needs("CKM_HKDF_DERIVE"));
  }

  private static ServiceRow agreement(String name, KeyType.Family family, @Nullable KeyType only) {
    return ServiceRow.of(
            "KeyAgreement",
            name,
            SecretAgreement.class,
            d -> new SecretAgreement(d, name, family, only))
        .takes(family);
  }

  private static ServiceRow montgomeryPair(String name, KeyType type) {
    return ServiceRow.of(
        "KeyPairGenerator",
        name,
        PairGenerator.class,
        d -> new PairGenerator(d, KeyRequests.only(d, name, type), MONTGOMERY));
  }

  /** SoftHSM2 has these keys under the mechanism for Edwards curves. */
  private static ServiceRow onMontgomery(ServiceRow row) {
    return row.needsEither("CKM_EC_MONTGOMERY_KEY_PAIR_GEN", "CKM_EC_EDWARDS_KEY_PAIR_GEN");
  }

  private static ServiceRow gcm(String name, @Nullable Integer keyBits) {
    return ServiceRow.of("Cipher", name, GcmCipher.class, d -> new GcmCipher(d, keyBits))
        .needs("CKM_AES_GCM")
        .takes(AES);
  }

  private static ServiceRow block(String name, Mode mode) {
    return ServiceRow.of("Cipher", name, BlockCipher.class, d -> new BlockCipher(d, mode, null))
        .takes(AES);
  }

  private static ServiceRow block(String name, Mode mode, int keyBits) {
    return ServiceRow.of("Cipher", name, BlockCipher.class, d -> new BlockCipher(d, mode, keyBits))
        .needs(mode == Mode.CBC ? "CKM_AES_CBC" : "CKM_AES_ECB")
        .takes(AES);
  }

  private static ServiceRow rsa(String padding, @Nullable Digest oaep) {
    String name = "RSA/ECB/" + padding;
    return ServiceRow.of("Cipher", name, RsaCipher.class, d -> new RsaCipher(d, name, oaep))
        .needs("CKM_RSA_PKCS_OAEP")
        .takes(RSA);
  }

  private static ServiceRow pss(String name, @Nullable Digest fixed) {
    return ServiceRow.of("Signature", name, PssSignature.class, d -> new PssSignature(d, fixed))
        .needs("CKM_RSA_PKCS_PSS")
        .takes(RSA);
  }

  private static ServiceRow rsaSignature(String name, @Nullable Digest digest) {
    return rsaHashed(name, digest == null ? null : digest.jcaName());
  }

  private static ServiceRow rsaHashed(String name, @Nullable String digest) {
    return ServiceRow.of(
            "Signature", name, RsaSignature.class, d -> new RsaSignature(d, name, digest))
        .needs("CKM_RSA_PKCS")
        .takes(RSA);
  }

  private static ServiceRow ecdsa(String name, @Nullable Digest digest, boolean p1363) {
    return ecdsaHashed(name, digest == null ? null : digest.jcaName(), p1363);
  }

  private static ServiceRow ecdsaHashed(String name, @Nullable String digest, boolean p1363) {
    return ServiceRow.of(
            "Signature",
            name,
            EcdsaSignature.class,
            d -> new EcdsaSignature(d, name, digest, p1363))
        .needs("CKM_ECDSA")
        .takes(EC);
  }

  private static ServiceRow kw(String name, @Nullable Integer keyBits) {
    return keyWrap(name, new WrapAlgorithm.AesKw(), keyBits).needs("CKM_AES_KEY_WRAP").takes(AES);
  }

  private static ServiceRow kwp(String name, @Nullable Integer keyBits) {
    return keyWrap(name, new WrapAlgorithm.AesKwp(), keyBits)
        .needsEither("CKM_AES_KEY_WRAP_KWP", "CKM_AES_KEY_WRAP_PAD")
        .takes(AES);
  }

  /** Not a name of the JDK's; other HSM providers use it. */
  private static ServiceRow rsaAes(String padding, Digest digest) {
    String name = "RSAAESWrap/ECB/" + padding;
    return keyWrap(name, new WrapAlgorithm.RsaAes(digest), null).needs("CKM_RSA_PKCS_OAEP");
  }

  private static ServiceRow keyWrap(
      String name, WrapAlgorithm algorithm, @Nullable Integer keyBits) {
    return ServiceRow.of(
        "Cipher", name, KeyWrapCipher.class, d -> new KeyWrapCipher(d, name, algorithm, keyBits));
  }

  private static ServiceRow edDsa(String name, @Nullable KeyType type) {
    return ServiceRow.of(
            "Signature", name, EdDsaSignature.class, d -> new EdDsaSignature(d, name, type))
        .needs("CKM_EDDSA")
        .takes(EDWARDS);
  }

  private static ServiceRow edwardsPair(String name, Function<Device, KeyRequests> requests) {
    return ServiceRow.of(
            "KeyPairGenerator",
            name,
            PairGenerator.class,
            d -> new PairGenerator(d, requests.apply(d), EDWARDS))
        .needs("CKM_EC_EDWARDS_KEY_PAIR_GEN");
  }

  private static ServiceRow hmac(String name, Digest digest) {
    MacAlgorithm algorithm = new MacAlgorithm.Hmac(digest);
    return ServiceRow.of("Mac", name, HsmMac.class, d -> new HsmMac(d, name, algorithm))
        .takes(SECRET);
  }

  private static ServiceRow secret(String name, KeyType.Family family, int defaultBits) {
    return ServiceRow.of(
            "KeyGenerator",
            name,
            SecretKeyGenerator.class,
            d -> new SecretKeyGenerator(d, name, family, defaultBits))
        .needs("CKM_GENERIC_SECRET_KEY_GEN");
  }

  private static ServiceRow pair(String name, KeyType.Family family, int defaultBits) {
    return ServiceRow.of(
        "KeyPairGenerator",
        name,
        PairGenerator.class,
        d -> new PairGenerator(d, new KeyRequests(d, name, family, defaultBits), family));
  }
}
