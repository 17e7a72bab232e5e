package io.strongroom.integration.history;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/** The keys that clients know of, and what was encrypted with them. Safe for many threads. */
final class KeyRing {
  private static final int PROOFS_PER_KEY = 4;

  private final List<KeySpec> live = new CopyOnWriteArrayList<>();
  private final List<KeySpec> dead = new CopyOnWriteArrayList<>();
  private final Map<KeyId, List<Proof>> proofs = new ConcurrentHashMap<>();

  /** A ciphertext (AES-GCM) and what it has to decrypt to. */
  record Proof(byte[] iv, byte[] ciphertext, byte[] plaintext) {}

  /** Takes a key in, unless it is known already. */
  synchronized void made(KeySpec spec) {
    if (!live.contains(spec) && !dead.contains(spec)) {
      live.add(spec);
    }
  }

  /** Takes a key out, because it is about to be destroyed. */
  synchronized void doom(KeySpec spec) {
    live.remove(spec);
    dead.add(spec);
  }

  int size() {
    return live.size();
  }

  Optional<KeySpec> any(RandomGenerator random) {
    return any(live, random);
  }

  Optional<KeySpec> anyDead(RandomGenerator random) {
    return any(dead, random);
  }

  private static Optional<KeySpec> any(List<KeySpec> keys, RandomGenerator random) {
    List<KeySpec> now = List.copyOf(keys);
    return now.isEmpty() ? Optional.empty() : Optional.of(now.get(random.nextInt(now.size())));
  }

  void keep(KeyId key, Proof proof) {
    List<Proof> kept = proofs.computeIfAbsent(key, _ -> new CopyOnWriteArrayList<>());
    if (kept.size() < PROOFS_PER_KEY) {
      kept.add(proof);
    }
  }

  List<Proof> proofs(KeyId key) {
    return new ArrayList<>(proofs.getOrDefault(key, List.of()));
  }
}
