package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType.Family;
import java.util.List;

/** The cases of each kind of service; none for a service that nobody thought of. */
final class BadInputs {

  private BadInputs() {}

  static List<BadInput> of(BadInputBench bench, String type, String algorithm) {
    return switch (type) {
      case "Cipher" ->
          algorithm.startsWith("RSAAESWrap") || algorithm.contains("/KW")
              ? new KeyWrapCases(bench, algorithm).all()
              : new CipherCases(bench, algorithm).all();
      case "Signature" -> new SignatureCases(bench, algorithm).all();
      case "KeyAgreement" -> new AgreementCases(bench, algorithm).all();
      case "Mac" -> new MacCases(bench, algorithm).all();
      case "KeyGenerator" -> new GeneratorCases(bench, algorithm).secrets();
      case "KeyPairGenerator" -> new GeneratorCases(bench, algorithm).pairs();
      case "KeyFactory" -> new FactoryCases(bench, algorithm).keyFactory();
      case "SecretKeyFactory" -> new FactoryCases(bench, algorithm).secretKeyFactory();
      case "KeyStore" -> new StoreCases(bench, algorithm).keyStore();
      case "SecureRandom" -> new StoreCases(bench, algorithm).random();
      default -> List.of();
    };
  }

  /** The family of keys that a service takes or makes. */
  static Family family(String algorithm) {
    if (algorithm.startsWith("AES")) {
      return Family.AES;
    }
    if (algorithm.startsWith("Hmac") || algorithm.equals("GenericSecret")) {
      return Family.SECRET;
    }
    if (algorithm.contains("RSA")) {
      return Family.RSA;
    }
    if (algorithm.contains("ECDSA") || algorithm.equals("EC") || algorithm.equals("ECDH")) {
      return Family.EC;
    }
    if (algorithm.startsWith("Ed")) {
      return Family.EDWARDS;
    }
    if (algorithm.startsWith("X")) {
      return Family.MONTGOMERY;
    }
    throw new AssertionError("what keys does " + algorithm + " take? add it here");
  }
}
