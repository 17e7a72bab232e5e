package io.strongroom.cluster.node;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.Protection;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a key comes into a cluster: as a session object that is sealed once and then destroyed. The
 * key that is kept is opened from that seal, here as on every other node.
 */
final class KeyBirth {
  private static final Logger LOG = LoggerFactory.getLogger(KeyBirth.class);

  private final Hsm hsm;
  private final Domain domain;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  KeyBirth(Hsm hsm, Domain domain, Clock clock) {
    this.hsm = hsm;
    this.domain = domain;
    this.clock = clock;
  }

  /**
   * Refuses what a cluster does not keep.
   *
   * @throws HsmException.BadInput if the label or id is reserved, or the key is a session key or is
   *     to leave the token
   * @throws HsmException.UnsupportedMechanism if such keys cannot be sealed
   */
  static void requireKeepable(KeySpec spec) {
    ReservedKeys.requireNotReserved(spec);
    if (spec.session() || spec.protection() != Protection.NEVER_LEAVES) {
      throw new HsmException.BadInput(
          "a cluster keeps token keys that never leave; key \""
              + spec.label()
              + "\" is to be "
              + (spec.session() ? "a session key" : spec.protection().toString())
              + " — use a single token for that");
    }
    Domain.requireSealable(spec.type());
  }

  /**
   * Makes the birth object, seals it, and destroys it, whatever happens.
   *
   * @param spec what the key is to be
   * @param delivery makes the birth object from its own spec: generates it, or opens it
   */
  SealedKey deliver(KeySpec spec, Function<KeySpec, KeyInfo> delivery) {
    KeyInfo birth = delivery.apply(ReservedKeys.birthOf(spec, KeyId.random(random)));
    try {
      return domain.seal(birth, spec, clock.instant());
    } finally {
      destroy(birth);
    }
  }

  private void destroy(KeyInfo birth) {
    try {
      hsm.destroy(birth.id());
    } catch (HsmException e) {
      // It ends with its session at the latest; the key itself was sealed or not, as reported.
      LOG.warn("event=birth_object_not_destroyed label={} reason=\"{}\"", birth.label(), e.text());
    }
  }
}
