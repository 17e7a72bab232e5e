package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.CustodyException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** An alias is rotated while others use it, and while others rotate it. */
class RotationUnderLoadTest extends TokenTest {

  private static final String ALIAS = "alias/payments";
  private static final int THREADS = 8;
  private static final int ROTATIONS = 6;

  @Test
  void rotateAlias_whileEightThreadsUseIt_noOperationFailsAndEveryCiphertextDecrypts()
      throws Exception {
    keys.createKey(KeyRequest.generated().withAlias(ALIAS));
    ConcurrentLinkedQueue<byte[]> ciphertexts = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    Semaphore done = new Semaphore(0);
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> users = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        users.add(executor.submit(() -> use(ciphertexts, done, over)));
      }
      try {
        for (int i = 0; i < ROTATIONS; i++) {
          awaitUse(done);
          keys.rotateAliasTo(ALIAS, id(keys.createKey(KeyRequest.generated())), false);
        }
        awaitUse(done);
      } finally {
        over.set(true);
      }
      for (Future<?> user : users) {
        user.get();
      }
    }
    assertThat(ciphertexts)
        .allSatisfy(
            ciphertext -> assertThat(keys.decrypt(ciphertext, Map.of())).containsExactly(1, 2, 3));
    assertThat(ciphertexts.stream().map(Ciphertext::parse).map(Ciphertext::keyId).distinct())
        .hasSize(ROTATIONS + 1);
    assertThat(keys.aliasHistory(ALIAS)).hasSize(ROTATIONS);
  }

  /** More operations than there are threads: some of them have begun since. */
  private static void awaitUse(Semaphore done) throws InterruptedException {
    done.drainPermits();
    assertThat(done.tryAcquire(THREADS + 1, 60, TimeUnit.SECONDS)).isTrue();
  }

  private Void use(ConcurrentLinkedQueue<byte[]> ciphertexts, Semaphore done, AtomicBoolean over) {
    while (!over.get()) {
      byte[] ciphertext = keys.encrypt(ALIAS, new byte[] {1, 2, 3}, Map.of()).encode();
      assertThat(keys.decrypt(ciphertext, Map.of())).containsExactly(1, 2, 3);
      ciphertexts.add(ciphertext);
      done.release();
    }
    return null;
  }

  @Test
  void rotateAlias_twiceAtOnceToDifferentKeys_oneMovesItTheOtherIsRefusedAndUndone()
      throws Exception {
    CmkDescription before = keys.createKey(KeyRequest.generated().withAlias(ALIAS));
    List<CmkDescription> targets = new ArrayList<>();
    List<MaterialImport> materials = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      CmkDescription target = keys.createKey(KeyRequest.external());
      ImportParameters parameters = test.parameters(target);
      byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), Materials.bytes(32, 61 + i));
      targets.add(target);
      materials.add(MaterialImport.of(parameters.token(), wrapped));
    }
    CyclicBarrier bothShown = new CyclicBarrier(2);
    List<Reason> refusals = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      List<Callable<Optional<Reason>>> rotations =
          materials.stream()
              .<Callable<Optional<Reason>>>map(material -> () -> rotate(material, bothShown))
              .toList();
      for (Future<Optional<Reason>> rotation : executor.invokeAll(rotations)) {
        rotation.get().ifPresent(refusals::add);
      }
    }
    assertThat(refusals).containsExactly(Reason.ALIAS_MOVED);
    CmkDescription now = keys.describe(ALIAS);
    int won = targets.stream().map(CmkDescription::keyId).toList().indexOf(now.keyId());
    assertThat(won).isNotNegative();
    assertThat(test.labelsOf(targets.get(won))).hasSize(1);
    assertThat(test.labelsOf(targets.get(1 - won))).isEmpty();
    assertThat(keys.describe(id(before)).state()).isEqualTo(KeyState.ENABLED);
    assertThat(keys.aliasHistory(ALIAS)).hasSize(1);
  }

  /** Rotates, and waits for the other one before the transaction. */
  private Optional<Reason> rotate(MaterialImport material, CyclicBarrier bothShown) {
    Runnable meet =
        () -> {
          try {
            bothShown.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
          }
        };
    try (Custody own =
        Custody.open(HookedHsm.wrap(hsm, "after:at:1", meet), test.storeUrl(), test.clock)) {
      own.as("bob").rotateAlias(ALIAS, material, false);
      return Optional.empty();
    } catch (CustodyException e) {
      return Optional.of(e.reason());
    }
  }
}
