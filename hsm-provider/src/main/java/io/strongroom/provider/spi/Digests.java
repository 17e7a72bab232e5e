package io.strongroom.provider.spi;

import io.strongroom.hsm.Digest;
import java.security.InvalidAlgorithmParameterException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Hash functions by their JCA names. */
final class Digests {

  private Digests() {}

  /** The hash function with this name, {@code SHA-256} or {@code SHA256}. */
  static Digest named(String name) throws InvalidAlgorithmParameterException {
    String wanted = plain(name);
    for (Digest digest : Digest.values()) {
      if (plain(digest.jcaName()).equals(wanted)
          || (digest == Digest.SHA_1 && wanted.equals("SHA"))) {
        return digest;
      }
    }
    throw new InvalidAlgorithmParameterException(
        "no hash function \""
            + name
            + "\"; use one of "
            + Arrays.stream(Digest.values()).map(Digest::jcaName).toList());
  }

  /** The hash function of a mask generation function, which has to be MGF1. */
  static Digest ofMgf1(String mgf, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (!mgf.equalsIgnoreCase("MGF1") || !(parameters instanceof MGF1ParameterSpec mgf1)) {
      throw new InvalidAlgorithmParameterException(
          "the mask generation function is MGF1 with an MGF1ParameterSpec, got " + mgf);
    }
    return named(mgf1.getDigestAlgorithm());
  }

  /** A JDK digest; this provider has none itself. */
  static MessageDigest start(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new ProviderException("this JDK has no " + name, e);
    }
  }

  /** The DER {@code DigestInfo} in front of a digest (RFC 8017 §9.2, note 1). */
  static byte[] digestInfoPrefix(String name) {
    return HexFormat.of()
        .parseHex(
            switch (name) {
              case "SHA-1" -> "3021300906052b0e03021a05000414";
              case "SHA-224" -> "302d300d06096086480165030402040500041c";
              case "SHA-256" -> "3031300d060960864801650304020105000420";
              case "SHA-384" -> "3041300d060960864801650304020205000430";
              case "SHA-512" -> "3051300d060960864801650304020305000440";
              case "SHA3-224" -> "302d300d06096086480165030402070500041c";
              case "SHA3-256" -> "3031300d060960864801650304020805000420";
              case "SHA3-384" -> "3041300d060960864801650304020905000430";
              case "SHA3-512" -> "3051300d060960864801650304020a05000440";
              default -> throw new ProviderException("no DigestInfo is known for " + name);
            });
  }

  private static String plain(String name) {
    return name.replace("-", "").toUpperCase(Locale.ROOT);
  }
}
