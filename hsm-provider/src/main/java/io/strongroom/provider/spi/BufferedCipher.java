package io.strongroom.provider.spi;

import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/**
 * A cipher that collects its input and sends it to the device in one call, at {@code doFinal}. That
 * makes every split of {@code update} and {@code doFinal} give the same result, lets nothing of a
 * ciphertext out before its tag is verified, and leaves no operation open in a session. An output
 * buffer that is too short changes nothing.
 */
abstract sealed class BufferedCipher extends CipherSpi
    permits GcmCipher, BlockCipher, RsaCipher, DelegatedCipher {

  private static final byte[] NOTHING = {};

  protected final Device device;
  private final InputBuffer input = new InputBuffer();

  BufferedCipher(Device device) {
    this.device = device;
  }

  /**
   * Takes key and parameters.
   *
   * @param parameters null if the caller gave none
   */
  abstract void start(
      boolean encrypt, @Nullable Key key, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException;

  /** Reads encoded parameters. */
  abstract AlgorithmParameterSpec decode(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException;

  /** Throws {@link IllegalStateException} unless input may come now. */
  abstract void checkReady();

  /** The whole operation. */
  abstract byte[] process(byte[] whole) throws IllegalBlockSizeException, BadPaddingException;

  /** The operation is over, well or not: back to the state after {@code init}. */
  abstract void finished();

  /** The least output that so much input can give. */
  abstract int leastOutput(int inputBytes);

  /** The most output that so much input can give. */
  abstract int mostOutput(int inputBytes);

  /** True once input has come. */
  final boolean hasInput() {
    return input.size() > 0;
  }

  @Override
  protected final void engineInit(int mode, @Nullable Key key, SecureRandom random)
      throws InvalidKeyException {
    try {
      engineInit(mode, key, (AlgorithmParameterSpec) null, random);
    } catch (InvalidAlgorithmParameterException e) {
      // Cipher.init without parameters may throw nothing else.
      throw new InvalidKeyException(e.getMessage(), e);
    }
  }

  @Override
  protected final void engineInit(
      int mode, @Nullable Key key, @Nullable AlgorithmParameters parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    engineInit(mode, key, parameters == null ? null : decode(parameters), random);
  }

  @Override
  protected final void engineInit(
      int mode, @Nullable Key key, @Nullable AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    input.clear();
    if (mode == Cipher.ENCRYPT_MODE || mode == Cipher.DECRYPT_MODE) {
      start(mode == Cipher.ENCRYPT_MODE, key, parameters);
    } else {
      startWrapping(mode == Cipher.WRAP_MODE, key, parameters);
    }
  }

  /**
   * Takes key and parameters for wrapping or unwrapping keys; most modes cannot.
   *
   * @param wrapping false for unwrapping
   */
  void startWrapping(
      boolean wrapping, @Nullable Key key, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    throw new UnsupportedOperationException(
        "this cipher is for data; no device is asked to wrap keys with it, and doing it outside"
            + " would bring the key into memory: wrap with AES/KWP/NoPadding, AES/KW/NoPadding,"
            + " RSA/ECB/OAEPPadding or RSAAESWrap/ECB/OAEPPadding");
  }

  @Override
  protected final byte[] engineUpdate(byte @Nullable [] in, int offset, int length) {
    checkReady();
    input.append(in, offset, length);
    return NOTHING;
  }

  @Override
  protected final int engineUpdate(
      byte @Nullable [] in, int offset, int length, byte[] out, int outOffset) {
    engineUpdate(in, offset, length);
    return 0;
  }

  @Override
  protected final int engineUpdate(ByteBuffer in, ByteBuffer out) {
    checkReady();
    input.sizeWith(in.remaining());
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    input.append(bytes, 0, bytes.length);
    Arrays.fill(bytes, (byte) 0);
    return 0;
  }

  @Override
  protected final byte[] engineDoFinal(byte @Nullable [] in, int offset, int length)
      throws IllegalBlockSizeException, BadPaddingException {
    try {
      return finish(in, offset, length, Integer.MAX_VALUE);
    } catch (ShortBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  protected final int engineDoFinal(
      byte @Nullable [] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    byte[] result = finish(in, offset, length, out.length - outOffset);
    System.arraycopy(result, 0, out, outOffset, result.length);
    return result.length;
  }

  @Override
  protected final int engineDoFinal(ByteBuffer in, ByteBuffer out)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    checkReady();
    input.sizeWith(in.remaining());
    byte[] bytes = new byte[in.remaining()];
    in.duplicate().get(bytes);
    byte[] result;
    try {
      result = finish(bytes, 0, bytes.length, out.remaining());
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
    in.position(in.limit());
    out.put(result);
    return result.length;
  }

  private byte[] finish(byte @Nullable [] in, int offset, int length, int room)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    checkReady();
    checkRoom(leastOutput(input.sizeWith(length)), room);
    int before = input.size();
    boolean given = before == 0 && in != null && offset == 0 && length == in.length;
    if (!given) {
      input.append(in, offset, length);
    }
    // What comes whole goes on as it is: an Hsm neither keeps nor changes it.
    byte[] whole = given ? Objects.requireNonNull(in) : input.toArray();
    boolean over = true;
    try {
      byte[] result = process(whole);
      if (result.length > room) {
        input.truncate(before);
        over = false;
      }
      checkRoom(result.length, room);
      return result;
    } finally {
      if (!given) {
        Arrays.fill(whole, (byte) 0);
      }
      if (over) {
        input.clear();
        finished();
      }
    }
  }

  private static void checkRoom(int needed, int room) throws ShortBufferException {
    if (needed > room) {
      throw new ShortBufferException(
          "the output buffer has room for "
              + room
              + " bytes, wanted "
              + needed
              + "; call again with a larger one, nothing was lost");
    }
  }

  @Override
  protected final int engineGetOutputSize(int length) {
    return mostOutput(input.sizeWith(length));
  }

  @Override
  protected int engineGetKeySize(Key key) throws InvalidKeyException {
    return LogicalKey.in(device, key).type().bits();
  }

  @Override
  protected final void engineSetMode(String mode) throws NoSuchAlgorithmException {
    throw new NoSuchAlgorithmException("the mode is fixed by the transformation, got " + mode);
  }

  @Override
  protected final void engineSetPadding(String padding) throws NoSuchPaddingException {
    throw new NoSuchPaddingException("the padding is fixed by the transformation, got " + padding);
  }
}
