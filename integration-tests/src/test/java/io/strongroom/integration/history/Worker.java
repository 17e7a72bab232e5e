package io.strongroom.integration.history;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One thread of a client: makes, imports, uses and destroys keys as its dice say. */
final class Worker {
  private static final byte[] NO_AAD = new byte[0];
  private static final int MOST_KEYS = 40;
  private static final int FEW_KEYS = 8;
  private static final int SHARED_LABELS = 12;
  private static final int REPEATS = 2;

  private final Client client;
  private final RandomGenerator random;
  private final KeyRing ring;
  private final Recorder recorder;
  private final ImportSource imports;
  private final Function<KeyId, Set<String>> sealedAt;
  private final @Nullable Worker rival;

  /**
   * @param rival a worker of another client, which at times makes the same key; null for none
   */
  Worker(Client client, RandomGenerator random, Shared shared, @Nullable Worker rival) {
    this.client = client;
    this.random = random;
    this.ring = shared.ring();
    this.recorder = shared.recorder();
    this.imports = shared.imports();
    this.sealedAt = shared.sealedAt();
    this.rival = rival;
  }

  /**
   * What all workers have in common.
   *
   * @param ring the keys that are known
   * @param recorder writes down what happens
   * @param imports gives material for imports
   * @param sealedAt looks which nodes have a key's seal on their disk
   */
  record Shared(
      KeyRing ring,
      Recorder recorder,
      ImportSource imports,
      Function<KeyId, Set<String>> sealedAt) {}

  /** One thing, chosen at random. */
  void step() {
    if (!client.isOpen()) {
      return;
    }
    int die = random.nextInt(100);
    if (ring.size() < FEW_KEYS || die < 14) {
      create(newSpec());
    } else if (die < 22) {
      importKey(newSpec());
    } else if (die < 32 || ring.size() > MOST_KEYS) {
      ring.any(random).ifPresent(this::destroy);
    } else if (die < 36) {
      repeat(ring.any(random));
    } else if (die < 39) {
      repeat(ring.anyDead(random));
    } else if (die < 43 && rival != null) {
      twin();
    } else if (die < 65) {
      ring.any(random).ifPresent(this::encrypt);
    } else if (die < 90) {
      ring.any(random).ifPresent(this::decrypt);
    } else {
      ring.any(random).ifPresent(this::find);
    }
  }

  private KeySpec newSpec() {
    byte[] bytes = new byte[KeyId.BYTES];
    random.nextBytes(bytes);
    KeyId id = KeyId.of(bytes);
    String label = random.nextInt(3) == 0 ? "shared-" + random.nextInt(SHARED_LABELS) : "own-" + id;
    return KeySpec.of(id, label, KeyType.AES_256);
  }

  /** One key, made by two clients at the same time. */
  private void twin() {
    KeySpec spec = newSpec();
    Thread other = Thread.ofVirtual().start(() -> rival.create(spec));
    create(spec);
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void create(KeySpec spec) {
    make(spec, "", hsm -> hsm.create(spec));
  }

  private void importKey(KeySpec spec) {
    ImportSource.Material material = imports.next(random);
    make(
        spec,
        material.checkValue(),
        hsm ->
            hsm.unwrap(imports.unwrappingKey(), ImportSource.ALGORITHM, material.wrapped(), spec));
  }

  /** A call whose outcome is unknown is made again, as an application would. */
  private void make(KeySpec spec, String checkValue, Function<Hsm, KeyInfo> work) {
    Call call = new Call.Create(spec.id(), spec.label(), checkValue);
    for (int i = 0; i <= REPEATS; i++) {
      Outcome outcome =
          recorder.record(
              client.name(),
              call,
              () -> {
                KeyInfo made = work.apply(client.hsm());
                return made.id().equals(spec.id())
                    ? new Outcome.Done(sealedAt.apply(spec.id()))
                    : new Outcome.Wrong("key " + made.id() + " was made");
              });
      if (outcome instanceof Outcome.Done) {
        ring.made(spec);
      }
      if (!(outcome instanceof Outcome.Unknown) || !client.isOpen()) {
        return;
      }
    }
  }

  /** With an id that was used before: finds its key, or is refused. */
  private void repeat(Optional<KeySpec> known) {
    known.ifPresent(spec ->
        recorder.record(
            client.name(),
            new Call.Create(spec.id(), spec.label(), ""),
            () -> {
              client.hsm().create(spec);
              return new Outcome.Done(sealedAt.apply(spec.id()));
            }));
  }

  private void destroy(KeySpec spec) {
    ring.doom(spec);
    for (int i = 0; i <= REPEATS; i++) {
      Outcome outcome =
          recorder.record(
              client.name(),
              new Call.Destroy(spec.id()),
              () -> {
                client.hsm().destroy(spec.id());
                return new Outcome.Done(Set.of());
              });
      if (outcome instanceof Outcome.Done
          || outcome instanceof Outcome.NotFound
          || !client.isOpen()) {
        return;
      }
    }
  }

  private void encrypt(KeySpec spec) {
    byte[] plaintext = new byte[64];
    random.nextBytes(plaintext);
    read(
        spec,
        Call.Use.ENCRYPT,
        hsm -> {
          Encrypted encrypted = hsm.encrypt(spec.id(), AesGcm.withDeviceIv(NO_AAD), plaintext);
          ring.keep(spec.id(), new KeyRing.Proof(encrypted.iv(), encrypted.bytes(), plaintext));
          return new Outcome.Done(Set.of());
        });
  }

  private void decrypt(KeySpec spec) {
    List<KeyRing.Proof> proofs = ring.proofs(spec.id());
    if (proofs.isEmpty()) {
      encrypt(spec);
      return;
    }
    KeyRing.Proof proof = proofs.get(random.nextInt(proofs.size()));
    read(
        spec,
        Call.Use.DECRYPT,
        hsm ->
            Arrays.equals(
                    hsm.decrypt(spec.id(), AesGcm.withIv(proof.iv(), NO_AAD), proof.ciphertext()),
                    proof.plaintext())
                ? new Outcome.Done(Set.of())
                : new Outcome.Wrong("another text"));
  }

  private void find(KeySpec spec) {
    read(
        spec,
        Call.Use.FIND,
        hsm ->
            hsm.key(spec.label()).id().equals(spec.id())
                ? new Outcome.Done(Set.of())
                : new Outcome.NotFound("label " + spec.label() + " is another key's"));
  }

  private void read(KeySpec spec, Call.Use use, Function<Hsm, Outcome> work) {
    recorder.record(client.name(), new Call.Read(spec.id(), use), () -> work.apply(client.hsm()));
  }
}
