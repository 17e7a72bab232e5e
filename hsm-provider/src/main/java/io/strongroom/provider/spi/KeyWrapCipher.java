package io.strongroom.provider.spi;

import io.strongroom.hsm.WrapAlgorithm;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.NoSuchPaddingException;
import org.jspecify.annotations.Nullable;

/**
 * Ciphers that are for keys only: AES key wrap without and with padding (RFC 3394, RFC 5649), and
 * RSA AES key wrap (PKCS#11 v2.40 §2.1.21).
 */
final class KeyWrapCipher extends CipherSpi {

  private static final int BLOCK_BYTES = 8;

  private final Device device;
  private final String transformation;
  private final WrapAlgorithm algorithm;
  private final @Nullable Integer keyBits;
  private final KeyWrapping keys;

  /**
   * A cipher.
   *
   * @param keyBits the only length of key that it takes; null for any
   */
  KeyWrapCipher(
      Device device, String transformation, WrapAlgorithm algorithm, @Nullable Integer keyBits) {
    this.device = device;
    this.transformation = transformation;
    this.algorithm = algorithm;
    this.keyBits = keyBits;
    this.keys = new KeyWrapping(device, transformation);
  }

  @Override
  protected void engineInit(int mode, @Nullable Key key, SecureRandom random)
      throws InvalidKeyException {
    try {
      engineInit(mode, key, (AlgorithmParameterSpec) null, random);
    } catch (InvalidAlgorithmParameterException e) {
      // Cipher.init without parameters may throw nothing else.
      throw new InvalidKeyException(e.getMessage(), e);
    }
  }

  @Override
  protected void engineInit(
      int mode, @Nullable Key key, @Nullable AlgorithmParameters parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException(
          transformation + " has no parameters, got those of " + parameters.getAlgorithm());
    }
    engineInit(mode, key, random);
  }

  @Override
  protected void engineInit(
      int mode, @Nullable Key key, @Nullable AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    keys.clear();
    KeyRequest target = device.request(parameters);
    switch (mode) {
      case Cipher.WRAP_MODE -> {
        if (parameters != null) {
          throw new InvalidAlgorithmParameterException(
              transformation
                  + " wraps without parameters, got "
                  + parameters.getClass().getName()
                  + "; give none");
        }
        keys.startWrap(key, algorithm);
      }
      case Cipher.UNWRAP_MODE -> {
        AlgorithmParameterSpec other = target == null ? parameters : target.cipher();
        if (other != null) {
          throw new InvalidAlgorithmParameterException(
              transformation
                  + " unwraps with nothing but an HsmKeySpec of the new key, got "
                  + other.getClass().getName());
        }
        keys.startUnwrap(key, algorithm, target);
      }
      default ->
          throw new UnsupportedOperationException(
              transformation
                  + " is for keys: use WRAP_MODE or UNWRAP_MODE; to encrypt data, use"
                  + " AES/GCM/NoPadding");
    }
    requireLength();
  }

  private void requireLength() throws InvalidKeyException {
    if (keyBits != null && keys.keyBits() != keyBits) {
      int got = keys.keyBits();
      keys.clear();
      throw new InvalidKeyException(
          transformation + " wants a key of " + keyBits + " bits, got " + got);
    }
  }

  @Override
  protected byte[] engineWrap(@Nullable Key key) throws InvalidKeyException {
    return keys.wrap(key);
  }

  @Override
  protected Key engineUnwrap(byte @Nullable [] wrapped, @Nullable String name, int kind)
      throws InvalidKeyException, NoSuchAlgorithmException {
    return keys.unwrap(wrapped, name, kind);
  }

  private UnsupportedOperationException notForData() {
    return new UnsupportedOperationException(
        transformation + " is for keys; call wrap or unwrap, or encrypt with AES/GCM/NoPadding");
  }

  @Override
  protected byte[] engineUpdate(byte @Nullable [] in, int offset, int length) {
    throw notForData();
  }

  @Override
  protected int engineUpdate(
      byte @Nullable [] in, int offset, int length, byte[] out, int outOffset) {
    throw notForData();
  }

  @Override
  protected byte[] engineDoFinal(byte @Nullable [] in, int offset, int length) {
    throw notForData();
  }

  @Override
  protected int engineDoFinal(
      byte @Nullable [] in, int offset, int length, byte[] out, int outOffset) {
    throw notForData();
  }

  /** What wrapping so many bytes gives, at most: whole blocks, one more, and an RSA block. */
  @Override
  protected int engineGetOutputSize(int length) {
    int blocks = (length + BLOCK_BYTES - 1) / BLOCK_BYTES + 1;
    boolean rsa = algorithm instanceof WrapAlgorithm.RsaAes;
    return blocks * BLOCK_BYTES + (rsa ? (keys.keyBits() + 7) / 8 : 0);
  }

  @Override
  protected int engineGetBlockSize() {
    return BLOCK_BYTES;
  }

  @Override
  protected int engineGetKeySize(Key key) throws InvalidKeyException {
    return LogicalKey.in(device, key).type().bits();
  }

  @Override
  protected byte @Nullable [] engineGetIV() {
    return null;
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return null;
  }

  @Override
  protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
    throw new NoSuchAlgorithmException("the mode is fixed by the transformation, got " + mode);
  }

  @Override
  protected void engineSetPadding(String padding) throws NoSuchPaddingException {
    throw new NoSuchPaddingException("the padding is fixed by the transformation, got " + padding);
  }
}
