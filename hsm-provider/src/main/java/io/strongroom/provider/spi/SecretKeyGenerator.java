package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyType;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidParameterException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.KeyGeneratorSpi;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** Makes secret keys in the device, from the device's own random source. */
final class SecretKeyGenerator extends KeyGeneratorSpi {

  private final Device device;
  private final String algorithm;
  private final KeyRequests requests;

  SecretKeyGenerator(Device device, String algorithm, KeyType.Family family, int defaultBits) {
    this.device = device;
    this.algorithm = algorithm;
    this.requests = new KeyRequests(device, algorithm, family, defaultBits);
  }

  @Override
  protected void engineInit(SecureRandom random) {
    requests.unnamed();
  }

  @Override
  protected void engineInit(@Nullable AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    requests.read(parameters);
  }

  @Override
  protected void engineInit(int bits, SecureRandom random) {
    try {
      requests.unnamed(bits);
    } catch (InvalidAlgorithmParameterException e) {
      throw new InvalidParameterException(e.getMessage(), e);
    }
  }

  @Override
  protected SecretKey engineGenerateKey() {
    return new HsmSecretKey(device, requests.make(), algorithm);
  }
}
