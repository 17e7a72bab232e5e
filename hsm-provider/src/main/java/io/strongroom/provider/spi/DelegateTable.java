package io.strongroom.provider.spi;

import java.util.List;
import java.util.stream.Stream;

/**
 * What is left to SunPKCS11, where there is no service of our own: algorithms of the past that
 * somebody's data still needs, on keys of kinds that the waist does not have. Left out is what has
 * one of SunPKCS11's known faults, what would bring keys into the heap, and what is better done by
 * the JDK; FEATURES.md gives the reason for each. Object identifiers as in the JDK.
 */
final class DelegateTable {

  private static final String DSA = "2.16.840.1.101.3.4.3.";

  private DelegateTable() {}

  static List<DelegateRow> rows() {
    return Stream.of(des(), macs(), dsa()).flatMap(rows -> rows).toList();
  }

  private static Stream<DelegateRow> des() {
    return Stream.of(
        generator("DESede").needs("CKM_DES3_KEY_GEN").alias("TripleDES"),
        factory("DESede").needs("CKM_DES3_CBC").alias("TripleDES"),
        cipher("DESede/CBC/NoPadding").needs("CKM_DES3_CBC"),
        cipher("DESede/CBC/PKCS5Padding").needs("CKM_DES3_CBC").alias("1.2.840.113549.3.7"),
        cipher("DESede/ECB/NoPadding").needs("CKM_DES3_ECB"),
        cipher("DESede/ECB/PKCS5Padding").needs("CKM_DES3_ECB"));
  }

  private static Stream<DelegateRow> macs() {
    return Stream.of(
        generator("HmacMD5").needs("CKM_GENERIC_SECRET_KEY_GEN"),
        DelegateRow.of(
                "Mac", "HmacMD5", DelegatedMac.class, (_, d) -> new DelegatedMac(d, "HmacMD5", 16))
            .needs("CKM_MD5_HMAC"));
  }

  private static Stream<DelegateRow> dsa() {
    return Stream.of(
        DelegateRow.of(
                "KeyPairGenerator",
                "DSA",
                DelegatedPairGenerator.class,
                (_, d) -> new DelegatedPairGenerator(d))
            .needs("CKM_DSA_KEY_PAIR_GEN")
            .alias("1.2.840.10040.4.1"),
        dsa("NONEwithDSA").needs("CKM_DSA").alias("RawDSA"),
        dsa("SHA1withDSA")
            .needs("CKM_DSA_SHA1", "CKM_DSA")
            .alias("SHA1/DSA", "SHA-1/DSA", "DSA", "DSS", "1.2.840.10040.4.3"),
        dsa("SHA224withDSA").needs("CKM_DSA_SHA224").alias(DSA + "1"),
        dsa("SHA256withDSA").needs("CKM_DSA_SHA256").alias(DSA + "2"),
        dsa("SHA384withDSA").needs("CKM_DSA_SHA384").alias(DSA + "3"),
        dsa("SHA512withDSA").needs("CKM_DSA_SHA512").alias(DSA + "4"),
        dsa("NONEwithDSAinP1363Format").needs("CKM_DSA").alias("RawDSAinP1363Format"),
        dsa("SHA1withDSAinP1363Format").needs("CKM_DSA_SHA1", "CKM_DSA").alias("DSAinP1363Format"),
        dsa("SHA224withDSAinP1363Format").needs("CKM_DSA_SHA224"),
        dsa("SHA256withDSAinP1363Format").needs("CKM_DSA_SHA256"),
        dsa("SHA384withDSAinP1363Format").needs("CKM_DSA_SHA384"),
        dsa("SHA512withDSAinP1363Format").needs("CKM_DSA_SHA512"));
  }

  private static DelegateRow cipher(String name) {
    return DelegateRow.of(
        "Cipher",
        name,
        DelegatedCipher.class,
        (device, delegation) -> new DelegatedCipher(device, delegation, name));
  }

  private static DelegateRow generator(String name) {
    return DelegateRow.of(
        "KeyGenerator",
        name,
        DelegatedGenerator.class,
        (_, delegation) -> new DelegatedGenerator(delegation, name));
  }

  private static DelegateRow factory(String name) {
    return DelegateRow.of(
        "SecretKeyFactory",
        name,
        DelegatedSecretKeyFactory.class,
        (_, delegation) -> new DelegatedSecretKeyFactory(delegation, name));
  }

  private static DelegateRow dsa(String name) {
    return DelegateRow.of(
        "Signature",
        name,
        DelegatedSignature.class,
        (_, delegation) -> new DelegatedSignature(delegation, name));
  }
}
