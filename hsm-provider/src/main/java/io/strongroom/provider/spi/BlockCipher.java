package io.strongroom.provider.spi;

import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Objects;
import javax.crypto.BadPaddingException;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * AES in the modes of SP 800-38A that do not authenticate: for data that others made so. After
 * {@code doFinal} it is back at the key and IV of {@code init}, as the JDK's own cipher is.
 */
final class BlockCipher extends BufferedCipher {

  /** The modes. */
  enum Mode {
    ECB,
    ECB_PADDED,
    CBC,
    CBC_PADDED,
    CTR;

    private boolean hasIv() {
      return this != ECB && this != ECB_PADDED;
    }

    private boolean isPadded() {
      return this == ECB_PADDED || this == CBC_PADDED;
    }

    private CipherAlgorithm with(byte[] iv) {
      return switch (this) {
        case ECB, ECB_PADDED -> new CipherAlgorithm.AesEcb();
        case CBC -> new CipherAlgorithm.AesCbc(iv, false);
        case CBC_PADDED -> new CipherAlgorithm.AesCbc(iv, true);
        case CTR -> new CipherAlgorithm.AesCtr(iv);
      };
    }
  }

  private static final int BLOCK_BYTES = 16;

  private final Mode mode;
  private final @Nullable Integer keyBits;
  private boolean encrypt;
  private @Nullable LogicalKey key;
  private byte[] iv = {};

  /**
   * Without a key yet.
   *
   * @param keyBits the only key length it takes; null for any
   */
  BlockCipher(Device device, Mode mode, @Nullable Integer keyBits) {
    super(device);
    this.mode = mode;
    this.keyBits = keyBits;
  }

  @Override
  void start(boolean encrypting, @Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    LogicalKey ours =
        LogicalKey.in(
            device,
            given,
            KeyType.Family.AES,
            encrypting ? KeyUsage.ENCRYPT : KeyUsage.DECRYPT,
            "AES/" + mode + (encrypting ? " encryption" : " decryption"));
    if (keyBits != null && ours.type().bits() != keyBits) {
      throw new InvalidKeyException(
          ours + " has " + ours.type().bits() + " bits, the transformation wants " + keyBits);
    }
    iv = check(encrypting, parameters);
    encrypt = encrypting;
    key = ours;
  }

  private byte[] check(boolean encrypting, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (!mode.hasIv()) {
      if (parameters != null) {
        throw new InvalidAlgorithmParameterException("AES/ECB has no parameters; give none");
      }
      return new byte[0];
    }
    if (parameters == null && encrypting) {
      return JcaExceptions.unchecked(() -> device.hsm().random(BLOCK_BYTES));
    }
    if (!(parameters instanceof IvParameterSpec given)) {
      throw new InvalidAlgorithmParameterException(
          "AES/"
              + mode
              + " wants an IvParameterSpec, got "
              + (parameters == null ? "none" : parameters.getClass().getName()));
    }
    if (given.getIV().length != BLOCK_BYTES) {
      throw new InvalidAlgorithmParameterException(
          "an IV of AES/" + mode + " has 16 bytes, got " + given.getIV().length);
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
    if (whole.length == 0 && !mode.isPadded()) {
      return whole;
    }
    if (whole.length == 0 && !encrypt) {
      throw new IllegalBlockSizeException(
          "a padded ciphertext has at least one block of 16 bytes, got none; it was cut short");
    }
    boolean pads = mode.isPadded() && encrypt;
    if (mode != Mode.CTR && !pads && whole.length % BLOCK_BYTES != 0) {
      throw new IllegalBlockSizeException(
          "AES/" + mode + " works on whole blocks of 16 bytes, got " + whole.length + " bytes");
    }
    if (mode != Mode.ECB_PADDED) {
      return run(whole);
    }
    return encrypt
        ? run(BlockPadding.pad(whole, BLOCK_BYTES))
        : BlockPadding.unpad(run(whole), BLOCK_BYTES);
  }

  private byte[] run(byte[] whole) throws IllegalBlockSizeException, BadPaddingException {
    LogicalKey ours = Objects.requireNonNull(key);
    return encrypt
        ? JcaExceptions.cipher(
            () -> ours.with(id -> device.hsm().encrypt(id, mode.with(iv), whole).bytes()))
        : JcaExceptions.cipher(
            () -> ours.with(id -> device.hsm().decrypt(id, mode.with(iv), whole)));
  }

  @Override
  void finished() {
    // Key and IV stay, as they do with the JDK's own cipher.
  }

  @Override
  int leastOutput(int inputBytes) {
    return mode.isPadded() && !encrypt
        ? Math.max(0, inputBytes - BLOCK_BYTES)
        : mostOutput(inputBytes);
  }

  @Override
  int mostOutput(int inputBytes) {
    return mode.isPadded() && encrypt
        ? inputBytes + BLOCK_BYTES - inputBytes % BLOCK_BYTES
        : inputBytes;
  }

  @Override
  protected int engineGetBlockSize() {
    return BLOCK_BYTES;
  }

  @Override
  protected byte @Nullable [] engineGetIV() {
    return key == null || !mode.hasIv() ? null : iv.clone();
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return key == null || !mode.hasIv() ? null : Parameters.encode("AES", new IvParameterSpec(iv));
  }
}
