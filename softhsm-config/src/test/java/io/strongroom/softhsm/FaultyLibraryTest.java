package io.strongroom.softhsm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SoftHsmExtension.class)
class FaultyLibraryTest {
  private static final long CKR_OK = 0;
  private static final long CKR_DEVICE_ERROR = 0x30;
  private static final long CKR_DEVICE_REMOVED = 0x32;
  private static final long CKR_OBJECT_HANDLE_INVALID = 0x82;
  private static final long CKR_SESSION_HANDLE_INVALID = 0xB3;
  private static final long CKR_USER_ALREADY_LOGGED_IN = 0x100;
  private static final long CKR_CRYPTOKI_NOT_INITIALIZED = 0x190;

  private SoftHsmToken token;
  private FaultyLibrary faults;
  private RawLibrary library;
  private long slot;
  private long session;

  @BeforeEach
  void open(SoftHsmToken fresh) throws IOException {
    token = fresh;
    faults = FaultyLibrary.over(fresh);
    library = new RawLibrary(faults);
    slot = library.start();
    session = library.openSession(slot);
    assertThat(library.login(session, token)).isEqualTo(CKR_OK);
  }

  @AfterEach
  void close() {
    faults.clear();
    library.close();
    faults.close();
  }

  private long random() {
    return library.random(session);
  }

  @Test
  void functions_here_areThoseOfTheCProgram() {
    MemorySegment names =
        library.symbol("strongroom_faults_functions").reinterpret(69 * ADDRESS.byteSize());
    List<String> inC = new ArrayList<>();
    for (int i = 0; i < 68; i++) {
      inC.add(names.getAtIndex(ADDRESS, i).reinterpret(64).getString(0));
    }
    assertThat(inC).isEqualTo(Names.FUNCTIONS);
    assertThat(names.getAtIndex(ADDRESS, 68)).isEqualTo(MemorySegment.NULL);
  }

  @Test
  void calls_withoutFaults_reachTheLibraryAndAreCounted() {
    long before = faults.calls();
    assertThat(random()).isEqualTo(CKR_OK);
    assertThat(random()).isEqualTo(CKR_OK);
    assertThat(faults.calls("C_GenerateRandom")).isEqualTo(2);
    assertThat(faults.calls("C_Login")).isEqualTo(1);
    assertThat(faults.calls()).isEqualTo(before + 2);
    assertThat(faults.fired()).isEmpty();
  }

  @Test
  void fault_onTheSecondCall_hitsThatOneOnly() {
    faults.set(Fault.on("C_GenerateRandom").nth(2).returns("CKR_DEVICE_ERROR"));
    assertThat(random()).isEqualTo(CKR_OK);
    assertThat(faults.fired()).containsExactly(0L);
    assertThat(random()).isEqualTo(CKR_DEVICE_ERROR);
    assertThat(random()).isEqualTo(CKR_OK);
    assertThat(faults.fired()).containsExactly(1L);
  }

  @Test
  void fault_severalTimes_hitsSoManyCalls() {
    faults.set(Fault.on("C_GenerateRandom").times(2).returns(0x80000001L));
    assertThat(List.of(random(), random(), random()))
        .containsExactly(0x80000001L, 0x80000001L, CKR_OK);
    assertThat(faults.fired()).containsExactly(2L);
  }

  @Test
  void fault_always_hitsUntilCleared() {
    faults.set(Fault.on("*").always().returns("CKR_DEVICE_ERROR"));
    for (int i = 0; i < 100; i++) {
      assertThat(random()).isEqualTo(CKR_DEVICE_ERROR);
    }
    faults.clear();
    assertThat(random()).isEqualTo(CKR_OK);
  }

  @Test
  void faults_ofOneFunction_followEachOther() {
    faults.set(
        Fault.on("C_GenerateRandom").returns("CKR_DEVICE_ERROR"),
        Fault.on("C_Sign").returns("CKR_DEVICE_ERROR"),
        Fault.on("C_GenerateRandom").returns("CKR_DEVICE_REMOVED"));
    assertThat(List.of(random(), random(), random()))
        .containsExactly(CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED, CKR_OK);
    assertThat(faults.fired()).containsExactly(1L, 0L, 1L);
  }

  @Test
  void delay_beforeAnAnswer_isBoth() {
    faults.set(
        Fault.on("C_GenerateRandom").delays(Duration.ofMillis(30)),
        Fault.on("C_GenerateRandom").returns("CKR_DEVICE_ERROR"));
    long start = System.nanoTime();
    assertThat(random()).isEqualTo(CKR_DEVICE_ERROR);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(30));
    assertThat(faults.fired()).containsExactly(1L, 1L);
  }

  @Test
  void hang_untilReleased_comesBackWithTheLibrarysAnswer() {
    faults.set(Fault.on("C_GenerateRandom").hangs());
    CompletableFuture<Long> call = CompletableFuture.supplyAsync(this::random);
    await().until(() -> faults.hanging() == 1);
    assertThat(call).isNotDone();
    assertThat(random()).as("another call meanwhile").isEqualTo(CKR_OK);
    faults.release();
    assertThat(call.join()).isEqualTo(CKR_OK);
    assertThat(faults.hanging()).isZero();
  }

  @Test
  void answerAfterTheCall_doesTheCall() {
    MemorySegment key = library.number();
    faults.set(Fault.on("C_GenerateKey").returnsAfterwards("CKR_DEVICE_ERROR"));
    assertThat(library.generateKey(session, key)).isEqualTo(CKR_DEVICE_ERROR);
    assertThat(key.get(JAVA_LONG, 0)).isNotZero();
    faults.set(Fault.on("C_GenerateKey").returns("CKR_DEVICE_ERROR"));
    MemorySegment none = library.number();
    assertThat(library.generateKey(session, none)).isEqualTo(CKR_DEVICE_ERROR);
    assertThat(none.get(JAVA_LONG, 0)).isZero();
  }

  @Test
  void sessions_lost_areInvalidForTheRealLibrary() throws IOException {
    faults.set(Fault.on("*").losesSessions());
    assertThat(random()).isEqualTo(CKR_SESSION_HANDLE_INVALID);
    session = library.openSession(slot);
    assertThat(library.login(session, token)).as("not logged in any more").isEqualTo(CKR_OK);
  }

  @Test
  void logout_byAFault_leavesTheSession() throws IOException {
    assertThat(library.login(session, token)).isEqualTo(CKR_USER_ALREADY_LOGGED_IN);
    faults.set(Fault.on("*").logsOut());
    assertThat(random()).isEqualTo(CKR_OK);
    assertThat(library.login(session, token)).isEqualTo(CKR_OK);
  }

  @Test
  void library_finalisedByAFault_hasToBeInitialised() {
    faults.set(Fault.on("C_GenerateRandom").finalises());
    assertThat(random()).isEqualTo(CKR_CRYPTOKI_NOT_INITIALIZED);
    session = library.openSession(library.start());
    assertThat(random()).isEqualTo(CKR_OK);
  }

  @Test
  void library_broken_worksAfterFinalizeAndInitialize() {
    faults.set(Fault.on("C_GenerateRandom").breaksLibrary("CKR_GENERAL_ERROR"));
    assertThat(random()).isEqualTo(5);
    assertThat(random()).isEqualTo(5);
    assertThat(library.call("C_Finalize", MemorySegment.NULL)).isEqualTo(CKR_OK);
    session = library.openSession(library.start());
    assertThat(random()).isEqualTo(CKR_OK);
  }

  @Test
  void token_removedAndBack_hasAnotherSlotNumber() {
    faults.set(Fault.on("C_GenerateRandom").removesToken());
    assertThat(random()).isEqualTo(CKR_DEVICE_REMOVED);
    assertThat(library.slot()).isEqualTo(-1);
    faults.set(Fault.on("C_GetSlotList").returnsToken());
    long back = library.slot();
    assertThat(back).isEqualTo(slot + 1);
    assertThat(random()).isEqualTo(CKR_SESSION_HANDLE_INVALID);
    session = library.openSession(back);
    assertThat(random()).isEqualTo(CKR_OK);
    MemorySegment info = library.number();
    assertThat(library.call("C_OpenSession", slot, 4L, 0L, 0L, info))
        .as("the old slot")
        .isEqualTo(3);
  }

  @Test
  void objectHandles_lost_areInvalidAndNewOnesAreNot() {
    MemorySegment old = library.number();
    assertThat(library.generateKey(session, old)).isEqualTo(CKR_OK);
    faults.set(Fault.on("*").losesObjectHandles());
    assertThat(library.call("C_DestroyObject", session, old.get(JAVA_LONG, 0)))
        .isEqualTo(CKR_OBJECT_HANDLE_INVALID);
    MemorySegment fresh = library.number();
    assertThat(library.generateKey(session, fresh)).isEqualTo(CKR_OK);
    assertThat(library.call("C_DestroyObject", session, fresh.get(JAVA_LONG, 0))).isEqualTo(CKR_OK);
  }

  @Test
  void function_unknown_isRefused() {
    assertThatThrownBy(() -> Fault.on("C_Sing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("C_Sing");
    assertThatThrownBy(() -> faults.calls("C_Sing")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void returnValue_unknownOrOk_isRefused() {
    Fault fault = Fault.on("C_Sign");
    assertThatThrownBy(() -> fault.returns("CKR_NO_SUCH"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CKR_NO_SUCH");
    assertThatThrownBy(() -> fault.returns("CKR_OK"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CKR_OK");
    assertThatThrownBy(() -> fault.returns(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fault_thatMakesNoSense_isRefused() {
    Fault fault = Fault.on("C_Sign");
    assertThatThrownBy(() -> fault.nth(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fault.times(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fault.delays(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fault.hangs().crashes()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> faults.set(fault))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does nothing");
    Fault[] tooMany = new Fault[33];
    java.util.Arrays.fill(tooMany, fault.hangs());
    assertThatThrownBy(() -> faults.set(tooMany))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32");
  }

  @Test
  void compiler_missing_saysWhatToInstall(@TempDir Path dir) {
    assertThatThrownBy(() -> FaultCompiler.compile(dir, "no-such-compiler"))
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining("apt-get install gcc");
  }

  @Test
  void controlFile_truncated_makesEveryCallFail(@TempDir Path dir) throws Exception {
    Path bad = Files.copy(faults.library(), dir.resolve("libbad.so"));
    Files.write(dir.resolve("libbad.so.control"), new byte[100]);
    RawProcess.Result result = RawProcess.list(bad);
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains("malformed control file").contains("libbad.so.control");
  }

  @Test
  void controlFile_missing_makesEveryCallFail(@TempDir Path dir) throws Exception {
    Path bad = Files.copy(faults.library(), dir.resolve("libbad.so"));
    RawProcess.Result result = RawProcess.list(bad);
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains("cannot open the control file");
  }

  @Test
  void crash_inAProcessOfItsOwn_endsItByAbort() throws Exception {
    faults.set(Fault.on("C_GenerateRandom").crashes());
    try (TokenProcess process =
        TokenProcess.start(token, RawProcess.class, faults.library().toString())) {
      assertThat(process.awaitExit(Duration.ofSeconds(30))).as("128 + SIGABRT").isEqualTo(134);
      assertThat(process.output()).anyMatch(line -> line.contains("crashes, as it was told to"));
    }
    assertThat(faults.fired()).as("seen from here").containsExactly(1L);
  }

  @Test
  void close_twice_deletesItsFiles() {
    FaultyLibrary other = FaultyLibrary.over(token);
    assertThat(other.library()).isRegularFile();
    assertThat(other.url())
        .contains(other.library().toString())
        .contains(token.userPin().toString());
    other.close();
    other.close();
    assertThat(other.library().getParent()).doesNotExist();
  }
}
