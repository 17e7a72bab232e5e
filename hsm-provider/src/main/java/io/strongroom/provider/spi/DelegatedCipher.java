package io.strongroom.provider.spi;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Objects;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Triple DES by SunPKCS11, for data that others made so. SunPKCS11 gets whole blocks in one go and
 * nothing else; padding (PKCS #5) is put on and taken off here. Its own padding is what its known
 * faults are in: wrong data after a buffer was short, and after an empty or a badly padded
 * ciphertext an operation stays open, on which every later one of the provider fails.
 */
final class DelegatedCipher extends BufferedCipher {

  private static final String FAMILY = "DESede";
  private static final int BLOCK_BYTES = 8;
  private static final int STRENGTH_BITS = 112;

  private final Delegation delegation;
  private final boolean chained;
  private final boolean padded;
  private boolean encrypt;
  private @Nullable DelegatedKey key;
  private byte[] iv = {};

  /** A cipher, {@code DESede/CBC/PKCS5Padding}. */
  DelegatedCipher(Device device, Delegation delegation, String transformation) {
    super(device);
    this.delegation = delegation;
    this.chained = transformation.contains("/CBC/");
    this.padded = transformation.endsWith("/PKCS5Padding");
  }

  @Override
  void start(boolean encrypting, @Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    DelegatedKey ours = DelegatedKey.in(delegation, given, FAMILY);
    iv = check(encrypting, parameters);
    encrypt = encrypting;
    key = ours;
  }

  private byte[] check(boolean encrypting, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (!chained) {
      if (parameters != null) {
        throw new InvalidAlgorithmParameterException(FAMILY + "/ECB has no parameters; give none");
      }
      return new byte[0];
    }
    if (parameters == null && encrypting) {
      return JcaExceptions.unchecked(() -> device.hsm().random(BLOCK_BYTES));
    }
    if (!(parameters instanceof IvParameterSpec given) || given.getIV().length != BLOCK_BYTES) {
      throw new InvalidAlgorithmParameterException(
          FAMILY
              + "/CBC wants an IvParameterSpec of 8 bytes, got "
              + (parameters instanceof IvParameterSpec other
                  ? other.getIV().length + " bytes"
                  : parameters == null ? "none" : parameters.getClass().getName()));
    }
    return given.getIV();
  }

  @Override
  AlgorithmParameterSpec decode(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException {
    return Parameters.decode(parameters, IvParameterSpec.class);
  }

  @Override
  void checkReady() {
    if (key == null) {
      throw new IllegalStateException("the cipher has no key; call init");
    }
  }

  @Override
  byte[] process(byte[] whole) throws IllegalBlockSizeException, BadPaddingException {
    byte[] input = padded && encrypt ? BlockPadding.pad(whole, BLOCK_BYTES) : whole;
    if (input.length % BLOCK_BYTES != 0 || (padded && input.length == 0)) {
      throw new IllegalBlockSizeException(
          FAMILY
              + (padded ? " ciphertext has one or more" : " works on")
              + " whole blocks of 8 bytes, got "
              + input.length
              + " bytes");
    }
    byte[] output = input.length == 0 ? input : blocks(input);
    return padded && !encrypt ? BlockPadding.unpad(output, BLOCK_BYTES) : output;
  }

  private byte[] blocks(byte[] input) {
    try {
      return Objects.requireNonNull(key)
          .use((provider, there) -> {
            Cipher cipher =
                Cipher.getInstance(
                    FAMILY + (chained ? "/CBC/NoPadding" : "/ECB/NoPadding"), provider);
            cipher.init(
                encrypt ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
                there,
                chained ? new IvParameterSpec(iv) : null);
            return cipher.doFinal(input);
          });
    } catch (GeneralSecurityException e) {
      // Whole blocks always decrypt: what fails is the device, or the key is gone.
      throw new ProviderException(e.getMessage(), e);
    }
  }

  @Override
  void finished() {
    // Key and IV stay, as they do with the JDK's own cipher.
  }

  @Override
  int leastOutput(int inputBytes) {
    return padded && !encrypt ? Math.max(0, inputBytes - BLOCK_BYTES) : mostOutput(inputBytes);
  }

  @Override
  int mostOutput(int inputBytes) {
    return padded && encrypt ? inputBytes + BLOCK_BYTES - inputBytes % BLOCK_BYTES : inputBytes;
  }

  @Override
  protected int engineGetBlockSize() {
    return BLOCK_BYTES;
  }

  @Override
  protected int engineGetKeySize(Key given) throws InvalidKeyException {
    DelegatedKey.in(delegation, given, FAMILY);
    return STRENGTH_BITS;
  }

  @Override
  protected byte @Nullable [] engineGetIV() {
    return key == null || !chained ? null : iv.clone();
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return key == null || !chained ? null : Parameters.encode(FAMILY, new IvParameterSpec(iv));
  }
}
