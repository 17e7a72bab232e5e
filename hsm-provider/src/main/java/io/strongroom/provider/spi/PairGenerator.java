package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidParameterException;
import java.security.KeyPair;
import java.security.KeyPairGeneratorSpi;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes key pairs in the device; the public half comes out as a key of the JDK. */
final class PairGenerator extends KeyPairGeneratorSpi {

  private final Device device;
  private final KeyType.Family family;
  private final KeyRequests requests;

  PairGenerator(Device device, KeyRequests requests, KeyType.Family family) {
    this.device = device;
    this.family = family;
    this.requests = requests;
  }

  @Override
  public void initialize(int bits, SecureRandom random) {
    try {
      requests.unnamed(bits);
    } catch (InvalidAlgorithmParameterException e) {
      throw new InvalidParameterException(e.getMessage(), e);
    }
  }

  @Override
  public void initialize(@Nullable AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    switch (parameters) {
      case RSAKeyGenParameterSpec rsa when family == KeyType.Family.RSA ->
          requests.unnamed(bits(rsa));
      case ECGenParameterSpec ec when family == KeyType.Family.EC ->
          requests.unnamed(Curves.bits(ec));
      case ECParameterSpec ec when family == KeyType.Family.EC -> requests.unnamed(Curves.bits(ec));
      case NamedParameterSpec named
          when family == KeyType.Family.EDWARDS || family == KeyType.Family.MONTGOMERY ->
          requests.unnamed(bits(named));
      case null, default -> requests.read(parameters);
    }
  }

  private static int bits(RSAKeyGenParameterSpec rsa) throws InvalidAlgorithmParameterException {
    if (!rsa.getPublicExponent().equals(RSAKeyGenParameterSpec.F4)) {
      throw new InvalidAlgorithmParameterException(
          "the public exponent is 65537, got " + rsa.getPublicExponent());
    }
    return rsa.getKeysize();
  }

  private int bits(NamedParameterSpec named) throws InvalidAlgorithmParameterException {
    String name = named.getName().toUpperCase(Locale.ROOT);
    boolean edwards = family == KeyType.Family.EDWARDS;
    if (name.equals(edwards ? "ED25519" : "X25519")) {
      return KeyType.ED25519.bits();
    }
    if (name.equals(edwards ? "ED448" : "X448")) {
      return KeyType.ED448.bits();
    }
    throw new InvalidAlgorithmParameterException(
        (edwards ? "Edwards keys are on Ed25519 or Ed448" : "Montgomery keys are on X25519 or X448")
            + ", got "
            + named.getName());
  }

  @Override
  public KeyPair generateKeyPair() {
    KeyInfo info = requests.make();
    HsmPrivateKey privateKey = (HsmPrivateKey) LogicalKey.of(device, info);
    return new KeyPair(privateKey.publicKey(), privateKey);
  }
}
