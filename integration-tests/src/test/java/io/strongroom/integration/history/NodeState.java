package io.strongroom.integration.history;

import io.strongroom.hsm.KeyId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a node has in the end, once everything was mended and came to rest.
 *
 * @param served the keys it serves when asked alone, and their check values, hexadecimal
 * @param unreadable keys whose earlier ciphertexts it does not decrypt
 * @param objects what another PKCS#11 tool finds in its token, but for the cluster's own keys
 * @param sealed keys whose seals are on its disk
 * @param buried keys whose tombstones are on its disk
 */
record NodeState(
    Map<KeyId, String> served,
    Set<KeyId> unreadable,
    List<TokenObject> objects,
    Set<KeyId> sealed,
    Set<KeyId> buried) {

  /**
   * One object of a token.
   *
   * @param kind its class
   * @param id its {@code CKA_ID}
   * @param label its {@code CKA_LABEL}
   */
  record TokenObject(String kind, KeyId id, String label) {}

  /** Whether there is anything of a key but its tombstone. */
  boolean hasSomethingOf(KeyId key) {
    return served.containsKey(key) || sealed.contains(key) || hasObject(key);
  }

  /** Whether there is all of a key. */
  boolean hasAllOf(KeyId key) {
    return served.containsKey(key) && sealed.contains(key) && hasObject(key);
  }

  private boolean hasObject(KeyId key) {
    return objects.stream().anyMatch(object -> object.id().equals(key));
  }

  /** In words, for a message. */
  String describe(KeyId key) {
    return (served.containsKey(key) ? "served" : "not served")
        + (hasObject(key) ? ", in the token" : ", not in the token")
        + (sealed.contains(key) ? ", sealed" : ", not sealed")
        + (buried.contains(key) ? ", buried" : "");
  }
}
