package io.strongroom.provider.spi;

import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.ProviderException;
import org.jspecify.annotations.Nullable;

/**
 * A hash function that the token computes, by SunPKCS11. When the session is lost in the middle the
 * message has to be given again.
 */
final class DelegatedDigest extends MessageDigestSpi {

  private final Delegation delegation;
  private final String algorithm;
  private final int bytes;
  private @Nullable MessageDigest digest;

  DelegatedDigest(Delegation delegation, String algorithm, int bytes) {
    this.delegation = delegation;
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  @Override
  protected int engineGetDigestLength() {
    return bytes;
  }

  @Override
  protected void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    MessageDigest current = started();
    try {
      current.update(input, offset, length);
    } catch (ProviderException e) {
      throw abandoned(e);
    }
  }

  @Override
  protected byte[] engineDigest() {
    MessageDigest current = started();
    try {
      byte[] value = current.digest();
      digest = null;
      return value;
    } catch (ProviderException e) {
      throw abandoned(e);
    }
  }

  @Override
  protected void engineReset() {
    MessageDigest begun = digest;
    digest = null;
    if (begun != null) {
      begun.reset();
    }
  }

  private MessageDigest started() {
    if (digest == null) {
      digest =
          delegation.unchecked(current -> MessageDigest.getInstance(algorithm, current.provider()));
    }
    return digest;
  }

  private ProviderException abandoned(ProviderException cause) {
    digest = null;
    return new ProviderException(
        algorithm + " by " + delegation + " was interrupted; give the whole message again", cause);
  }
}
