package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.jspecify.annotations.Nullable;

/** The public half that an owner gives with a private key. */
final class PublicHalf {

  private PublicHalf() {}

  /**
   * The target of an unwrapping, with the public half where there is one. The HSM compares the
   * halves; what it cannot know is refused here.
   */
  static KeySpec with(KeySpec target, @Nullable PublicKey given) {
    KeyType type = target.type();
    if (given == null) {
      if (type.family() == KeyType.Family.EC) {
        throw refusal(
            "an imported %s key needs its public key beside it, as a wrapped one does not tell it on every device; give it"
                .formatted(type));
      }
      return target;
    }
    if (type.isSecret()) {
      throw refusal("a %s key has no public key; leave it out".formatted(type));
    }
    if (!describe(given).equals(type.toString())) {
      throw refusal(
          "the public key given is of kind %s, the key is to be %s; give the public half of the wrapped private key"
              .formatted(describe(given), type));
    }
    return target.withPublicKey(given);
  }

  private static String describe(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> KeyType.Family.RSA + "_" + rsa.getModulus().bitLength();
      case ECPublicKey ec ->
          KeyType.Family.EC + "_" + ec.getParams().getCurve().getField().getFieldSize();
      default -> key.getAlgorithm();
    };
  }

  private static CustodyException refusal(String message) {
    return new CustodyException.BadInput(Reason.PUBLIC_KEY, message);
  }
}
