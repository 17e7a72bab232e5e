package io.strongroom.provider.spi;

import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.InvalidParameterSpecException;
import java.util.List;

/** The curves that a key may be on: P-256, P-384 and P-521. */
final class Curves {

  private static final List<String> NAMES = List.of("secp256r1", "secp384r1", "secp521r1");

  private Curves() {}

  /** The length in bits of a curve given by any of its names. */
  static int bits(ECGenParameterSpec named) throws InvalidAlgorithmParameterException {
    try {
      return bits(resolve(named));
    } catch (InvalidParameterSpecException e) {
      throw new InvalidAlgorithmParameterException(refusal(named.getName()), e);
    }
  }

  /** The length in bits of a curve given by its parameters. */
  static int bits(ECParameterSpec given) throws InvalidAlgorithmParameterException {
    try {
      for (String name : NAMES) {
        ECParameterSpec known = resolve(new ECGenParameterSpec(name));
        if (known.getCurve().equals(given.getCurve())
            && known.getGenerator().equals(given.getGenerator())
            && known.getOrder().equals(given.getOrder())) {
          return known.getCurve().getField().getFieldSize();
        }
      }
    } catch (InvalidParameterSpecException e) {
      throw new ProviderException("this JDK lacks one of the curves " + NAMES, e);
    }
    throw new InvalidAlgorithmParameterException(refusal(given.toString()));
  }

  private static ECParameterSpec resolve(ECGenParameterSpec named)
      throws InvalidParameterSpecException {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(named);
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (NoSuchAlgorithmException e) {
      throw new ProviderException("this JDK has no AlgorithmParameters for EC", e);
    }
  }

  private static String refusal(String curve) {
    return "keys are on one of the curves " + NAMES + ", got " + curve;
  }
}
