package io.strongroom.cluster.node;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a token level with the seals beside it: opens what it lacks, destroys what has a tombstone.
 * {@link #run} is for one thread, the rest for many.
 */
final class TokenLevel {
  private static final Logger LOG = LoggerFactory.getLogger(TokenLevel.class);
  // Keys that a token has lost and nobody uses are noticed too; listing a full token takes seconds.
  private static final Duration COMPARE_EVERY = Duration.ofMinutes(5);

  private final TokenKeys token;
  private final Holdings holdings;
  private final KeyLocks locks;
  private final Clock clock;
  private final AtomicBoolean suspected = new AtomicBoolean();
  // When the token was last compared whole, and what was logged already.
  private Instant compared;
  private Set<KeyId> unopened = Set.of();

  TokenLevel(TokenKeys token, Holdings holdings, KeyLocks locks, Clock clock) {
    this.token = token;
    this.holdings = holdings;
    this.locks = locks;
    this.clock = clock;
    this.compared = clock.instant();
  }

  /** The token does not have what it should: all of it is compared next time. */
  void suspect() {
    suspected.set(true);
  }

  /** Opens every seal whose key the token lacks, as far as that is known or time to find out. */
  void run() {
    Instant now = clock.instant();
    if (compared.plus(COMPARE_EVERY).isBefore(now)) {
      compared = now;
      suspect();
    }
    if (suspected.getAndSet(false)) {
      try {
        compare();
      } catch (HsmException e) {
        suspect();
        throw e;
      }
    }
    Set<KeyId> failed = new HashSet<>();
    for (SealedKey key : holdings.closed()) {
      if (!locks.with(key.id(), () -> open(key))) {
        failed.add(key.id());
      }
    }
    unopened = failed;
  }

  private void compare() {
    // In this order: what is opened or destroyed in between is not taken for missing.
    List<SealedKey> open = holdings.inventory().keys();
    Map<KeyId, KeyInfo> inToken = token.all();
    open.stream()
        .filter(key -> !TokenKeys.isWhole(inToken.get(key.id()), key))
        .forEach(holdings::close);
    destroyBuried(inToken.keySet());
  }

  /** Destroys those of these keys that have a tombstone. */
  void destroyBuried(Set<KeyId> inToken) {
    holdings.buried().stream().filter(inToken::contains).forEach(token::destroy);
  }

  private boolean open(SealedKey key) {
    SealedKey kept = holdings.sealed(key.id());
    if (kept == null || !kept.sameAs(key) || holdings.open(key.id()) != null) {
      return true;
    }
    try {
      token.reopen(key);
      holdings.putOpen(key);
      return true;
    } catch (HsmException e) {
      if (!unopened.contains(key.id())) {
        LOG.warn(
            "event=seal_not_opened key={} label=\"{}\" reason=\"{}\"",
            key.id(),
            key.spec().label(),
            e.text());
      }
      return false;
    }
  }
}
