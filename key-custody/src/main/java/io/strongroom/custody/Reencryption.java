package io.strongroom.custody;

import io.strongroom.custody.store.UsableKey;
import java.util.Arrays;
import java.util.Map;

/**
 * Brings ciphertext under another key, or under the current version of its own. The plaintext is in
 * memory between decryption and encryption, and zeroed then.
 */
final class Reencryption {

  private final Data data;

  Reencryption(Data data) {
    this.data = data;
  }

  Reencrypted reencrypt(
      Call call, String toKey, byte[] bytes, Map<String, String> from, Map<String, String> to) {
    Ciphertext source = Ciphertext.parse(bytes);
    call.detail("sourceKeyId", source.keyId()).detail("sourceVersion", source.keyVersion());
    UsableKey target = data.usableForData(call, toKey);
    if (isUnder(target, source) && from.equals(to)) {
      call.context(to).detail("changed", false);
      return new Reencrypted(source, false);
    }
    byte[] plaintext = data.decrypt(call, bytes, from);
    try {
      Ciphertext fresh = data.encrypt(call, toKey, plaintext, to);
      return new Reencrypted(fresh, true);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  private static boolean isUnder(UsableKey key, Ciphertext ciphertext) {
    return key.cmkId().equals(ciphertext.keyId().toString())
        && key.version() == ciphertext.keyVersion();
  }
}
