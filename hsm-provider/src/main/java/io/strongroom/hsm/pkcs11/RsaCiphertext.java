package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;

/** What an RSA ciphertext is as a number. */
final class RsaCiphertext {
  private RsaCiphertext() {}

  /**
   * Makes sure that a ciphertext, or the beginning of a longer one, is a number below the key's
   * modulus (RFC 8017 §5.1.2), as one for another key may not be. Devices say so in many ways, some
   * as if the parameters were wrong.
   *
   * @throws HsmException.AuthenticationFailed otherwise
   */
  static void requireOf(KeyEntry key, byte[] ciphertext) {
    int bytes = key.info().type().bytes();
    if (key.info().publicKey() instanceof RSAPublicKey rsa
        && ciphertext.length >= bytes
        && new BigInteger(1, ciphertext, 0, bytes).compareTo(rsa.getModulus()) >= 0) {
      throw new HsmException.AuthenticationFailed(
          "what is to be opened is no number below the modulus of "
              + key.describe()
              + ", so it is for another key, or was changed; encrypt it with this key's public half");
    }
  }
}
