package io.strongroom.provider.spi;

import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.MacSpi;
import org.jspecify.annotations.Nullable;

/** A MAC without parameters that collects its message and computes it in one go. */
abstract class BufferedMac extends MacSpi {

  private final String algorithm;
  private final InputBuffer message = new InputBuffer();

  /**
   * A MAC without a key.
   *
   * @param algorithm its name, for messages
   */
  BufferedMac(String algorithm) {
    this.algorithm = algorithm;
  }

  /** Takes a key in place of the one before, which is let go of even if this one is refused. */
  abstract void start(@Nullable Key given) throws InvalidKeyException;

  /** Lets go of the key. */
  abstract void clear();

  /**
   * Computes the MAC of a whole message.
   *
   * @throws IllegalStateException if there is no key
   */
  abstract byte[] process(byte[] whole);

  /** What to say where there is no key. */
  static IllegalStateException noKey() {
    return new IllegalStateException("the MAC has no key; call init");
  }

  @Override
  protected final void engineInit(@Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    clear();
    message.clear();
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException(
          algorithm + " has no parameters, got " + parameters.getClass().getName() + "; give none");
    }
    start(given);
  }

  @Override
  protected final void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected final void engineUpdate(byte[] input, int offset, int length) {
    message.append(input, offset, length);
  }

  @Override
  protected final byte[] engineDoFinal() {
    byte[] whole = message.toArray();
    message.clear();
    try {
      return process(whole);
    } finally {
      Arrays.fill(whole, (byte) 0);
    }
  }

  @Override
  protected final void engineReset() {
    message.clear();
  }
}
