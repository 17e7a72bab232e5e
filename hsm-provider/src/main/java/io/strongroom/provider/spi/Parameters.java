package io.strongroom.provider.spi;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidParameterSpecException;

/** Converts between parameters as values and the JDK's encodable ones. */
final class Parameters {

  private Parameters() {}

  /** Reads encodable parameters. */
  static <T extends AlgorithmParameterSpec> T decode(AlgorithmParameters parameters, Class<T> type)
      throws InvalidAlgorithmParameterException {
    try {
      return parameters.getParameterSpec(type);
    } catch (InvalidParameterSpecException e) {
      throw new InvalidAlgorithmParameterException(
          "wanted parameters that hold a "
              + type.getSimpleName()
              + ", got those of "
              + parameters.getAlgorithm(),
          e);
    }
  }

  /** The encodable form, made by the JDK's own providers. */
  static AlgorithmParameters encode(String algorithm, AlgorithmParameterSpec spec) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance(algorithm);
      parameters.init(spec);
      return parameters;
    } catch (GeneralSecurityException e) {
      throw new ProviderException("this JDK has no AlgorithmParameters for " + algorithm, e);
    }
  }
}
