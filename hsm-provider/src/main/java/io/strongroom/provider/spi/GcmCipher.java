package io.strongroom.provider.spi;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-GCM (SP 800-38D). Without parameters an encryption draws a 12-byte IV from the device's
 * random source at {@code init}, where {@code getIV} finds it. One (key, IV) pair encrypts once:
 * then, as with the JDK's own cipher, another {@code init} is due.
 */
final class GcmCipher extends BufferedCipher {

  private static final int IV_BYTES = 12;
  private static final int MAX_IV_BYTES = 256; // PKCS#11 v2.40 §2.12.3
  private static final int TAG_BITS = 128;

  private final @Nullable Integer keyBits;
  private final InputBuffer aad = new InputBuffer();
  private boolean encrypt;
  private @Nullable LogicalKey key;
  private byte[] iv = {};
  private int tagBits = TAG_BITS;
  private boolean used;
  private @Nullable KeyId lastKey;
  private byte[] lastIv = {};

  /**
   * A cipher.
   *
   * @param keyBits the only key length it takes; null for any
   */
  GcmCipher(Device device, @Nullable Integer keyBits) {
    super(device);
    this.keyBits = keyBits;
  }

  @Override
  void start(boolean encrypting, @Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    aad.clear();
    LogicalKey ours = checkKey(encrypting, given);
    GCMParameterSpec gcm = check(encrypting, parameters);
    byte[] newIv = gcm.getIV();
    if (encrypting) {
      if (ours.id().equals(lastKey) && Arrays.equals(newIv, lastIv)) {
        throw new InvalidAlgorithmParameterException(
            "this key and IV have encrypted already, and GCM loses all protection when a pair is"
                + " used twice; give another IV, or none to get one from the device");
      }
      lastKey = ours.id();
      lastIv = newIv;
    }
    iv = newIv;
    tagBits = gcm.getTLen();
    encrypt = encrypting;
    used = false;
    key = ours;
  }

  private LogicalKey checkKey(boolean encrypting, @Nullable Key given) throws InvalidKeyException {
    LogicalKey ours =
        encrypting
            ? LogicalKey.in(
                device, given, KeyType.Family.AES, KeyUsage.ENCRYPT, "AES/GCM encryption")
            : LogicalKey.in(
                device, given, KeyType.Family.AES, KeyUsage.DECRYPT, "AES/GCM decryption");
    if (keyBits != null && ours.type().bits() != keyBits) {
      throw new InvalidKeyException(
          ours
              + " has "
              + ours.type().bits()
              + " bits, the transformation wants "
              + keyBits
              + "; use AES/GCM/NoPadding, which takes every length");
    }
    return ours;
  }

  private GCMParameterSpec check(boolean encrypting, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (parameters == null) {
      if (!encrypting) {
        throw new InvalidAlgorithmParameterException(
            "AES/GCM decryption wants the IV that the encryption used, got none; give a"
                + " GCMParameterSpec");
      }
      byte[] drawn = JcaExceptions.unchecked(() -> device.hsm().random(IV_BYTES));
      return new GCMParameterSpec(TAG_BITS, drawn);
    }
    if (!(parameters instanceof GCMParameterSpec gcm)) {
      throw new InvalidAlgorithmParameterException(
          "AES/GCM wants a GCMParameterSpec, got " + parameters.getClass().getName());
    }
    int bits = gcm.getTLen();
    if (bits < 96 || bits > 128 || bits % 8 != 0) {
      throw new InvalidAlgorithmParameterException(
          "a GCM tag has 96, 104, 112, 120 or 128 bits (SP 800-38D §5.2.1.2), got " + bits);
    }
    int ivBytes = gcm.getIV().length;
    if (ivBytes == 0 || ivBytes > MAX_IV_BYTES) {
      throw new InvalidAlgorithmParameterException(
          "a GCM IV has 1 to " + MAX_IV_BYTES + " bytes, got " + ivBytes + "; 12 are usual");
    }
    return gcm;
  }

  @Override
  AlgorithmParameterSpec decode(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException {
    return Parameters.decode(parameters, GCMParameterSpec.class);
  }

  @Override
  void checkReady() {
    if (key == null) {
      throw new IllegalStateException("the cipher has no key; call init");
    }
    if (used) {
      throw new IllegalStateException(
          "this key and IV have encrypted once, and GCM loses all protection when a pair is used"
              + " twice; call init again, with another IV or none");
    }
  }

  @Override
  protected void engineUpdateAAD(byte[] source, int offset, int length) {
    checkReady();
    if (hasInput()) {
      throw new IllegalStateException(
          "additional authenticated data comes before the text; call updateAAD before update");
    }
    aad.append(source, offset, length);
  }

  @Override
  protected void engineUpdateAAD(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.duplicate().get(bytes);
    engineUpdateAAD(bytes, 0, bytes.length);
    source.position(source.limit());
  }

  @Override
  byte[] process(byte[] whole) throws IllegalBlockSizeException, AEADBadTagException {
    LogicalKey ours = Objects.requireNonNull(key);
    AesGcm algorithm = new AesGcm(iv, aad.toArray(), tagBits);
    if (encrypt) {
      return JcaExceptions.aead(
          () -> ours.with(id -> device.hsm().encrypt(id, algorithm, whole).bytes()));
    }
    if (whole.length < tagBits / 8) {
      throw new AEADBadTagException(
          "the ciphertext has "
              + whole.length
              + " bytes, its tag alone has "
              + tagBits / 8
              + "; it was cut short");
    }
    return JcaExceptions.aead(() -> ours.with(id -> device.hsm().decrypt(id, algorithm, whole)));
  }

  @Override
  void finished() {
    aad.clear();
    used = encrypt;
  }

  @Override
  int leastOutput(int inputBytes) {
    return mostOutput(inputBytes);
  }

  @Override
  int mostOutput(int inputBytes) {
    return encrypt ? Math.addExact(inputBytes, tagBits / 8) : Math.max(0, inputBytes - tagBits / 8);
  }

  @Override
  protected int engineGetBlockSize() {
    return 16;
  }

  @Override
  protected byte @Nullable [] engineGetIV() {
    return key == null ? null : iv.clone();
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return key == null ? null : Parameters.encode("GCM", new GCMParameterSpec(tagBits, iv));
  }
}
