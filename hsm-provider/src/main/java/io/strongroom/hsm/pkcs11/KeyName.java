package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a key object is called here, and by what the device finds it. Keys of ours have a {@code
 * CKA_ID} of 16 bytes. Other tools write ids of other lengths (one byte, or a SHA-1), or none:
 * their keys get an id that is derived from what they have, the same one each time, for both halves
 * of a pair. Such objects are never written to. Immutable.
 *
 * @param id the key's id
 * @param label the key's label; where it has none, that of its certificate, else the hexadecimal
 *     digits of {@code CKA_ID}
 * @param keyType {@code CKA_KEY_TYPE}: tools give one id to keys of several kinds
 * @param stored {@code CKA_ID}; empty if there is none, and the label is what finds the object
 */
record KeyName(KeyId id, String label, long keyType, byte[] stored) {

  /** The attributes that {@link #of} reads. */
  static final long[] TYPES = {Ck.CKA_KEY_TYPE, Ck.CKA_ID, Ck.CKA_LABEL};

  private static final byte[] BY_ID = "strongroom: key by CKA_ID".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BY_LABEL =
      "strongroom: key by CKA_LABEL".getBytes(StandardCharsets.UTF_8);

  /** The name of an object; null if it has neither id nor label. */
  static @Nullable KeyName of(Attributes attributes) {
    byte[] present = attributes.bytes(Ck.CKA_ID);
    byte[] stored = present == null ? new byte[0] : present;
    String label = attributes.text(Ck.CKA_LABEL);
    long keyType = attributes.number(Ck.CKA_KEY_TYPE);
    if (stored.length == 0) {
      byte[] text = label.getBytes(StandardCharsets.UTF_8);
      return label.isEmpty()
          ? null
          : new KeyName(derived(BY_LABEL, keyType, text), label, keyType, stored);
    }
    String shown = label.isEmpty() ? HexFormat.of().formatHex(stored) : label;
    return new KeyName(idOf(stored, keyType), shown, keyType, stored);
  }

  /** The id of a key of this kind with this {@code CKA_ID}, which is not empty. */
  static KeyId idOf(byte[] stored, long keyType) {
    return stored.length == KeyId.BYTES ? KeyId.of(stored) : derived(BY_ID, keyType, stored);
  }

  /** The same under another label. */
  KeyName labelled(String other) {
    return new KeyName(id, other, keyType, stored);
  }

  /** Whether another tool made the object: its id here is not the one in the device. */
  boolean isDerived() {
    return stored.length != KeyId.BYTES;
  }

  /** What finds the object, and perhaps others, which have another name. */
  Template template() {
    return stored.length == 0
        ? new Template().put(Ck.CKA_LABEL, label).put(Ck.CKA_KEY_TYPE, keyType)
        : new Template().put(Ck.CKA_ID, stored).put(Ck.CKA_KEY_TYPE, keyType);
  }

  private static KeyId derived(byte[] tag, long keyType, byte[] name) {
    try {
      // By name: the first provider in the list may be the one that stands on this Hsm.
      MessageDigest digest = MessageDigest.getInstance("SHA-256", "SUN");
      digest.update(tag);
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(keyType).array());
      return KeyId.of(Arrays.copyOf(digest.digest(name), KeyId.BYTES));
    } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
