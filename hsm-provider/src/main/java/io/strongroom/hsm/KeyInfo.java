package io.strongroom.hsm;

import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key that exists. Immutable; tells nothing secret.
 *
 * @param id the id
 * @param label the label
 * @param type kind and length
 * @param usages what it may do, both halves of a pair together
 * @param protection how firmly the device holds it, as read back from it
 * @param session true for a session key
 * @param publicKey the public half of a pair, an {@code RSAPublicKey}, {@code ECPublicKey}, {@code
 *     EdECPublicKey} or {@code XECPublicKey}; null for secret keys
 * @param locations where it is: the token's label, or the names of the cluster's nodes that hold it
 */
public record KeyInfo(
    KeyId id,
    String label,
    KeyType type,
    Set<KeyUsage> usages,
    Protection protection,
    boolean session,
    @Nullable PublicKey publicKey,
    List<String> locations) {

  /** Copies the collections. */
  public KeyInfo {
    usages = Set.copyOf(usages);
    locations = List.copyOf(locations);
  }
}
