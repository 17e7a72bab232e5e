package io.strongroom.custody.chain;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * What only this store can have said: HMAC-SHA-256 under a key that lives in the HSM. The MAC
 * covers the purpose, a line feed, the store's id, a line feed and the message, so that neither
 * another store's nor another purpose's MAC fits. Safe for use by many threads.
 */
public final class StoreMac {

  /** The length of a MAC. */
  public static final int BYTES = 32;

  private final Hsm hsm;
  private final String keyLabel;
  private final byte[] prefix;
  private volatile @Nullable KeyId key;

  /**
   * MACs under the key with this label, which is made at the first {@link #make}.
   *
   * @param purpose what is vouched for, with a version of its form; ASCII without line feeds
   */
  public StoreMac(Hsm hsm, String keyLabel, String purpose, String storeId) {
    this.hsm = hsm;
    this.keyLabel = keyLabel;
    this.prefix = (purpose + "\n" + storeId + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The MAC of a message.
   *
   * @throws HsmException if the HSM cannot make it now
   */
  public byte[] make(byte[] message) {
    return mac(keyOrNew(), message);
  }

  /**
   * Whether a MAC is this store's for that message.
   *
   * @throws HsmException.KeyNotFound if the HSM does not have the key
   * @throws HsmException if the HSM cannot tell now
   */
  public boolean verifies(byte[] message, byte[] mac) {
    return MessageDigest.isEqual(mac(existingKey(), message), mac);
  }

  private byte[] mac(KeyId id, byte[] message) {
    byte[] input =
        ByteBuffer.allocate(prefix.length + message.length).put(prefix).put(message).array();
    return hsm.mac(id, new MacAlgorithm.Hmac(Digest.SHA_256), input);
  }

  private KeyId existingKey() {
    KeyId known = key;
    if (known == null) {
      known = hsm.key(keyLabel).id();
      key = known;
    }
    return known;
  }

  private KeyId keyOrNew() {
    try {
      return existingKey();
    } catch (HsmException.KeyNotFound absent) {
      KeyId id = KeyId.of(hsm.random(KeyId.BYTES));
      try {
        hsm.create(KeySpec.of(id, keyLabel, KeyType.secret(256)));
      } catch (HsmException.KeyExists other) {
        // Another process made it in between; its key is the one to use.
        return existingKey();
      }
      return existingKey();
    }
  }
}
