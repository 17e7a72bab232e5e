package io.strongroom.provider.spi;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyPairGeneratorSpi;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.interfaces.DSAParams;
import java.security.interfaces.DSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.DSAParameterSpec;
import java.security.spec.DSAPublicKeySpec;
import org.jspecify.annotations.Nullable;

/** Makes DSA session keys in the device, by SunPKCS11; the public half is a key of the JDK. */
final class DelegatedPairGenerator extends KeyPairGeneratorSpi {

  private static final String ALGORITHM = "DSA";

  private final Delegation delegation;
  private Setup setup = _ -> {};

  DelegatedPairGenerator(Delegation delegation) {
    this.delegation = delegation;
  }

  private interface Setup {
    void of(KeyPairGenerator generator) throws GeneralSecurityException;
  }

  @Override
  public void initialize(int bits, SecureRandom random) {
    Setup wanted = generator -> generator.initialize(bits);
    try {
      delegation.run(current -> generator(current.provider(), wanted));
    } catch (GeneralSecurityException e) {
      throw new InvalidParameterException(e.getMessage(), e);
    }
    setup = wanted;
  }

  @Override
  public void initialize(@Nullable AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    if (!(parameters instanceof DSAParameterSpec dsa)) {
      throw new InvalidAlgorithmParameterException(
          "DSA keys are made by SunPKCS11, as session keys: wanted a DSAParameterSpec, got "
              + (parameters == null ? "none" : parameters.getClass().getName()));
    }
    Setup wanted = generator -> generator.initialize(dsa);
    try {
      delegation.run(current -> generator(current.provider(), wanted));
    } catch (GeneralSecurityException e) {
      throw new InvalidAlgorithmParameterException(e.getMessage(), e);
    }
    setup = wanted;
  }

  @Override
  public KeyPair generateKeyPair() {
    Setup wanted = setup;
    return delegation.unchecked(current -> {
      KeyPair pair = generator(current.provider(), wanted).generateKeyPair();
      DSAPublicKey there = (DSAPublicKey) current.made(pair.getPublic());
      DSAParams parameters = there.getParams();
      DSAPublicKeySpec spec =
          new DSAPublicKeySpec(
              there.getY(), parameters.getP(), parameters.getQ(), parameters.getG());
      DSAPublicKey here = (DSAPublicKey) KeyFactory.getInstance(ALGORITHM).generatePublic(spec);
      return new KeyPair(
          here, new DelegatedKey.Dsa(delegation, current, pair.getPrivate(), here.getParams()));
    });
  }

  private static KeyPairGenerator generator(Provider provider, Setup setup)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM, provider);
    setup.of(generator);
    return generator;
  }
}
