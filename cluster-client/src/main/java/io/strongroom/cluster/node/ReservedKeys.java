package io.strongroom.cluster.node;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Set;

/**
 * The cluster's own keys, which no client ever sees or uses. Their ids are made from their labels,
 * so that whatever was interrupted while they were made finds them again.
 */
final class ReservedKeys {
  /** What all reserved labels begin with. */
  static final String PREFIX = "strongroom-";

  /** The domain key: wraps and unwraps, nothing else. */
  static final KeySpec DOMAIN_KEY =
      KeySpec.of(id("strongroom-domain"), "strongroom-domain", KeyType.AES_256)
          .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
          .withProtection(Protection.DOMAIN);

  /** The domain MAC key, as every token of the cluster holds it. */
  static final KeySpec DOMAIN_MAC_KEY =
      KeySpec.of(id("strongroom-domain-mac"), "strongroom-domain-mac", KeyType.secret(256));

  /** The key pair with which a token joins. */
  static final KeySpec JOIN =
      KeySpec.of(id("strongroom-join"), "strongroom-join", KeyType.RSA_3072)
          .withUsages(KeyUsage.UNWRAP);

  /** The public half of a joining token's pair, in a member's token, as the officer made it. */
  static final String TRUSTED_LABEL = "strongroom-join-approved";

  /** The id that goes with {@link #TRUSTED_LABEL}. */
  static final KeyId TRUSTED_ID = id(TRUSTED_LABEL);

  /** Ids that no key of a client may have. */
  static final Set<KeyId> IDS = Set.of(DOMAIN_KEY.id(), DOMAIN_MAC_KEY.id(), JOIN.id(), TRUSTED_ID);

  /** What labels of keys begin with that are opened only to see whether they open. */
  static final String REHEARSAL_PREFIX = "strongroom-rehearsal-";

  private static final String BIRTH_PREFIX = "strongroom-birth-";

  private ReservedKeys() {}

  static boolean isReserved(String label) {
    return label.startsWith(PREFIX);
  }

  /**
   * Refuses a key that a client may not have.
   *
   * @throws HsmException.BadInput if its label or id is reserved
   */
  static void requireNotReserved(KeySpec spec) {
    requireNotReserved(spec.id());
    if (isReserved(spec.label())) {
      throw new HsmException.BadInput(
          "label \""
              + spec.label()
              + "\" is reserved, like all that begin with "
              + PREFIX
              + "; choose another one");
    }
  }

  /**
   * Refuses an id that no client's key may have.
   *
   * @throws HsmException.BadInput if it is reserved
   */
  static void requireNotReserved(KeyId id) {
    if (IDS.contains(id)) {
      throw new HsmException.BadInput("id " + id + " belongs to a key of the cluster itself");
    }
  }

  /**
   * The session key as which a key is born: it may leave wrapped, once, and is then destroyed.
   *
   * @param id the birth object's own id
   */
  static KeySpec birthOf(KeySpec spec, KeyId id) {
    return new KeySpec(
        id, BIRTH_PREFIX + id, spec.type(), spec.usages(), Protection.LEAVES_WRAPPED, true);
  }

  private static KeyId id(String label) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(label.getBytes(StandardCharsets.UTF_8));
      return KeyId.of(Arrays.copyOf(digest, KeyId.BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
