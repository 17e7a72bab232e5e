package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SoftHsmExtension.class)
class SessionPoolTest {
  private SessionPool pool;

  @BeforeEach
  void open(SoftHsmToken token) {
    Pkcs11Uri uri = Pkcs11Uri.parse(token.url() + "&x-sessions=1&x-deadline=300ms");
    pool = new SessionPool(Library.open(uri.modulePath(), uri.environment()), uri);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private long handle() {
    return pool.run(() -> "test", Session::handle);
  }

  @Test
  void session_afterSuccess_isUsedAgain() {
    assertThat(handle()).isEqualTo(handle());
  }

  @Test
  void session_withOperationLeftOpen_isNotUsedAgain() {
    Set<Long> handles = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() ->
              pool.run(
                  () -> "leave an operation open",
                  session -> {
                    handles.add(session.handle());
                    long key = KeyWrapper.temporaryKey(session, false, Set.of(KeyUsage.ENCRYPT));
                    session
                        .functions()
                        .encryptInit(
                            session.handle(),
                            NativeMechanism.plain(session.memory(), Ckm.CKM_AES_ECB),
                            key);
                    throw new CkException("C_Encrypt", ReturnCode.CKR_FUNCTION_NOT_PARALLEL);
                  }))
          .isInstanceOf(HsmException.DeviceUnavailable.class)
          .hasMessageContaining("CKR_FUNCTION_NOT_PARALLEL")
          .hasMessageContaining("leave an operation open");
    }
    assertThat(handles).hasSize(2).doesNotContain(handle());
  }

  @Test
  void operation_refusedBeforeItBegan_keepsTheSession() {
    long before = handle();
    assertThatThrownBy(() ->
            pool.run(
                () -> "refuse",
                _ -> {
                  throw new HsmException.BadInput("no");
                }))
        .isInstanceOf(HsmException.BadInput.class);
    assertThat(handle()).isEqualTo(before);
  }

  @Test
  void operation_whileAllSessionsAreBusy_deadlineExceeded() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<Long> first =
          threads.submit(() ->
              pool.run(
                  () -> "wait",
                  session -> {
                    running.countDown();
                    await(done);
                    return session.handle();
                  }));
      running.await();
      assertThatThrownBy(this::handle)
          .isInstanceOf(HsmException.DeadlineExceeded.class)
          .hasMessageContaining("x-sessions");
      done.countDown();
      assertThat(first.get()).isEqualTo(handle());
    }
  }

  @Test
  void operation_deviceErrors_areRepeatedThreeTimes() {
    int[] calls = new int[1];
    int answer =
        pool.run(
            () -> "fail once",
            _ -> {
              if (++calls[0] == 1) {
                throw new CkException("C_Sign", ReturnCode.CKR_DEVICE_ERROR);
              }
              return calls[0];
            });
    assertThat(answer).isEqualTo(2);
    calls[0] = 0;
    assertThatThrownBy(() ->
            pool.run(
                () -> "fail always",
                _ -> {
                  calls[0]++;
                  throw new CkException("C_Sign", ReturnCode.CKR_DEVICE_ERROR);
                }))
        .isInstanceOf(HsmException.DeviceUnavailable.class);
    assertThat(calls[0]).isEqualTo(4);
  }

  @Test
  void scratchMemory_afterAnOperation_isZero() {
    pool.run(() -> "write", session -> session.memory().bytes(new byte[] {1, 2, 3}).byteSize());
    byte[] again =
        pool.run(
            () -> "read",
            session ->
                session.memory().allocate(3, 1).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    assertThat(again).containsOnly(0);
  }

  @Test
  void temporaryKey_inASession_isOfThatLength() {
    long length =
        pool.run(
            () -> "measure",
            session -> {
              long key = KeyWrapper.temporaryKey(session, false, Set.of(KeyUsage.WRAP));
              return Attributes.read(session, key, Ck.CKA_VALUE_LEN).number(Ck.CKA_VALUE_LEN);
            });
    assertThat(length).isEqualTo(KeyType.AES_256.bytes());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
