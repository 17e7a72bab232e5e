package io.strongroom.tink;

import com.google.crypto.tink.Aead;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** AES-GCM (SP 800-38D) in the device: IV || ciphertext || tag. Immutable. */
final class HsmAead implements Aead {

  private static final int IV_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final byte[] NOTHING = {};

  private final Hsm hsm;
  private final KeyId key;

  HsmAead(Hsm hsm, KeyId key) {
    this.hsm = hsm;
    this.key = key;
  }

  @Override
  public byte[] encrypt(byte[] plaintext, byte @Nullable [] associatedData)
      throws GeneralSecurityException {
    AesGcm gcm = AesGcm.withDeviceIv(given(associatedData));
    Encrypted encrypted = TinkExceptions.checked(() -> hsm.encrypt(key, gcm, plaintext));
    byte[] iv = encrypted.iv();
    if (iv.length != IV_BYTES) {
      throw new GeneralSecurityException(
          "the HSM drew an IV of " + iv.length + " bytes, Tink's format has " + IV_BYTES);
    }
    byte[] text = encrypted.bytes();
    byte[] whole = Arrays.copyOf(iv, IV_BYTES + text.length);
    System.arraycopy(text, 0, whole, IV_BYTES, text.length);
    return whole;
  }

  @Override
  public byte[] decrypt(byte[] ciphertext, byte @Nullable [] associatedData)
      throws GeneralSecurityException {
    if (ciphertext.length < IV_BYTES + TAG_BYTES) {
      throw new AEADBadTagException(
          "the ciphertext has "
              + ciphertext.length
              + " bytes, IV and tag alone have "
              + (IV_BYTES + TAG_BYTES)
              + "; it was cut short");
    }
    byte[] iv = Arrays.copyOf(ciphertext, IV_BYTES);
    byte[] text = Arrays.copyOfRange(ciphertext, IV_BYTES, ciphertext.length);
    AesGcm gcm = AesGcm.withIv(iv, given(associatedData));
    return TinkExceptions.checked(() -> hsm.decrypt(key, gcm, text));
  }

  /** Tink takes null for none. */
  private static byte[] given(byte @Nullable [] associatedData) {
    return associatedData == null ? NOTHING : associatedData;
  }
}
