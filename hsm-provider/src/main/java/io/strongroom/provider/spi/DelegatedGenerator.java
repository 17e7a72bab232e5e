package io.strongroom.provider.spi;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.KeyGenerator;
import javax.crypto.KeyGeneratorSpi;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** Makes secret session keys in the device, by SunPKCS11. */
final class DelegatedGenerator extends KeyGeneratorSpi {

  private final Delegation delegation;
  private final String algorithm;
  private @Nullable Integer bits;

  DelegatedGenerator(Delegation delegation, String algorithm) {
    this.delegation = delegation;
    this.algorithm = algorithm;
  }

  @Override
  protected void engineInit(SecureRandom random) {
    bits = null;
  }

  @Override
  protected void engineInit(@Nullable AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    throw new InvalidAlgorithmParameterException(
        algorithm
            + " keys are made by SunPKCS11 as session keys, without parameters; call init(bits),"
            + " or use a kind of key that Strongroom makes itself");
  }

  @Override
  protected void engineInit(int wanted, SecureRandom random) {
    try {
      delegation.run(current -> generator(current.provider(), wanted));
    } catch (GeneralSecurityException e) {
      throw new InvalidParameterException(e.getMessage(), e);
    }
    bits = wanted;
  }

  @Override
  protected SecretKey engineGenerateKey() {
    Integer wanted = bits;
    return delegation.unchecked(current ->
        new DelegatedKey.Secret(
            delegation, current, generator(current.provider(), wanted).generateKey()));
  }

  private KeyGenerator generator(Provider provider, @Nullable Integer wanted)
      throws NoSuchAlgorithmException {
    KeyGenerator generator = KeyGenerator.getInstance(algorithm, provider);
    if (wanted != null) {
      generator.init(wanted);
    }
    return generator;
  }
}
