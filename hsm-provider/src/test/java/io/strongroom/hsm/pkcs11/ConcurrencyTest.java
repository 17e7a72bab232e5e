package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Eight threads on one token. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 100;

  private final Hsm hsm;

  ConcurrencyTest(SoftHsmToken token) {
    hsm = Hsm.open(token.url() + "&x-sessions=4");
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  private static <T> List<T> onAllThreads(Callable<T> work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<T>> futures =
          threads.invokeAll(IntStream.range(0, THREADS).mapToObj(_ -> work).toList());
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }

  @Test
  void operations_onEightThreads_allRight() throws Exception {
    KeyInfo aes = hsm.create(KeySpec.of(Material.id(), "aes", KeyType.AES_256));
    KeyInfo ec = hsm.create(KeySpec.of(Material.id(), "ec", KeyType.EC_P256));
    KeyInfo secret = hsm.create(KeySpec.of(Material.id(), "secret", KeyType.secret(256)));
    MacAlgorithm hmac = new MacAlgorithm.Hmac(Digest.SHA_256);
    byte[] expected = hsm.mac(secret.id(), hmac, new byte[100]);

    List<Integer> right =
        onAllThreads(() -> {
          int good = 0;
          for (int i = 0; i < ROUNDS; i++) {
            byte[] plaintext = Material.random(i * 10);
            Encrypted e = hsm.encrypt(aes.id(), AesGcm.withDeviceIv(new byte[0]), plaintext);
            AesGcm gcm = AesGcm.withIv(e.iv(), new byte[0]);
            byte[] digest = Material.random(32);
            byte[] signature = hsm.sign(ec.id(), new SignatureAlgorithm.Ecdsa(), digest);
            boolean allRight =
                java.util.Arrays.equals(hsm.decrypt(aes.id(), gcm, e.bytes()), plaintext)
                    && hsm.verify(ec.id(), new SignatureAlgorithm.Ecdsa(), digest, signature)
                    && java.util.Arrays.equals(hsm.mac(secret.id(), hmac, new byte[100]), expected)
                    && refusesAltered(aes, gcm, e.bytes());
            good += allRight ? 1 : 0;
          }
          return good;
        });

    assertThat(right).containsOnly(ROUNDS).hasSize(THREADS);
  }

  private boolean refusesAltered(KeyInfo key, AesGcm gcm, byte[] ciphertext) {
    byte[] altered = ciphertext.clone();
    altered[altered.length - 1] ^= 1;
    try {
      hsm.decrypt(key.id(), gcm, altered);
      return false;
    } catch (HsmException.AuthenticationFailed _) {
      return true;
    }
  }

  @Test
  void create_sameSpecOnEightThreads_makesOneKey() throws Exception {
    KeySpec spec = KeySpec.of(Material.id(), "one", KeyType.AES_256);

    List<KeyInfo> made = onAllThreads(() -> hsm.create(spec));

    assertThat(made).containsOnly(hsm.key("one"));
  }

  @Test
  void create_sameLabelOnEightThreads_oneWins() throws Exception {
    List<Boolean> won =
        onAllThreads(() -> {
          try {
            hsm.create(KeySpec.of(Material.id(), "contested", KeyType.AES_256));
            return true;
          } catch (HsmException.KeyExists _) {
            return false;
          }
        });

    assertThat(won).containsOnlyOnce(true);
    assertThat(hsm.key("contested").label()).isEqualTo("contested");
  }
}
