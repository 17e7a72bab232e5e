package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A device whose call never returns. */
@ExtendWith(SoftHsmExtension.class)
@Timeout(180)
class HangTest {
  private static final AesEcb ECB = new AesEcb();
  private static final byte[] BLOCK = new byte[16];

  private FaultyLibrary library;
  private Hsm hsm;
  private KeyInfo key;

  @BeforeEach
  void open(SoftHsmToken token) {
    library = FaultyLibrary.over(token);
    hsm = Hsm.open(library.url() + "&x-sessions=2&x-deadline=2s");
    key = hsm.create(KeySpec.of(id(), "key", KeyType.AES_256));
  }

  @AfterEach
  void close() {
    library.clear();
    hsm.close();
    library.close();
  }

  @Test
  void virtualThread_whoseCallHangs_deadlineExceededAndOthersGoOn() throws Exception {
    byte[] expected = hsm.encrypt(key.id(), ECB, BLOCK).bytes();
    library.set(Fault.on("C_Encrypt").hangs());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long begunNanos = System.nanoTime();
      Future<?> hanging = threads.submit(() -> hsm.encrypt(key.id(), ECB, BLOCK));
      Awaitility.await().until(() -> library.hanging() == 1);

      assertThat(hsm.encrypt(key.id(), ECB, BLOCK).bytes()).isEqualTo(expected);
      assertThatThrownBy(hanging::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(HsmException.DeadlineExceeded.class)
          .hasMessageContaining("encrypt with key");
      assertThat(Duration.ofNanos(System.nanoTime() - begunNanos))
          .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(60));
      for (int i = 0; i < 50; i++) {
        assertThat(hsm.encrypt(key.id(), ECB, BLOCK).bytes()).isEqualTo(expected);
      }
      long closed = library.calls("C_CloseSession");
      library.release();
      // Its session may be in any state, and is used no more.
      Awaitility.await().until(() -> library.calls("C_CloseSession") == closed + 1);
    }
  }

  @Test
  void guardedPlatformThread_whoseCallHangs_deadlineExceeded() {
    try (Hsm guarded = Hsm.open(library.url() + "&x-deadline=2s&x-guard=always")) {
      library.set(Fault.on("C_Encrypt").hangs());
      assertThatThrownBy(() -> guarded.encrypt(key.id(), ECB, BLOCK))
          .isInstanceOf(HsmException.DeadlineExceeded.class);
      assertThat(guarded.encrypt(key.id(), ECB, BLOCK).bytes()).hasSize(16);
      library.clear();
    }
  }

  @Test
  void virtualThreads_whoseCallsHang_leaveTheirCarriersFree() throws Exception {
    int moreThanCarriers = 2 * Runtime.getRuntime().availableProcessors();
    String settings = "&x-deadline=1m&x-sessions=" + moreThanCarriers;
    try (Hsm wide = Hsm.open(library.url() + settings);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      library.set(Fault.on("C_EncryptInit").always().hangs());
      List<Future<byte[]>> hanging = new ArrayList<>();
      for (int i = 0; i < moreThanCarriers; i++) {
        hanging.add(threads.submit(() -> wide.encrypt(key.id(), ECB, BLOCK).bytes()));
      }
      Awaitility.await().until(() -> library.hanging() == moreThanCarriers);

      for (int i = 0; i < 100; i++) {
        assertThat(threads.submit(() -> 1).get()).isEqualTo(1);
      }
      library.clear();
      for (Future<byte[]> one : hanging) {
        assertThat(one.get()).hasSize(BLOCK.length);
      }
    }
  }
}
