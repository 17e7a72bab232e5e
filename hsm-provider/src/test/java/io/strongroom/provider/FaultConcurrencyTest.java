package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An application that keeps its keys and works on, on many threads, while the device fails. */
@ExtendWith(SoftHsmExtension.class)
class FaultConcurrencyTest {
  private static final int THREADS = 16;
  private static final int ROUNDS = 40;
  private static final int PIN_THREADS = 32;
  private static final byte[] TEXT = new byte[100];

  private final SecureRandom random = new SecureRandom();
  private SoftHsmToken token;
  private FaultyLibrary faults;
  private Hsm hsm;
  private HsmProvider provider;
  private SecretKey aes;
  private PrivateKey ec;
  private KeyInfo aesInfo;

  @BeforeEach
  void open(SoftHsmToken fresh, FaultyLibrary library) throws GeneralSecurityException {
    token = fresh;
    faults = library;
    hsm = Hsm.open(library.url() + "&x-sessions=8&x-deadline=30s");
    provider = HsmProvider.over(hsm);
    aesInfo = hsm.create(KeySpec.of(KeyId.random(random), "aes", KeyType.AES_256));
    KeyInfo pair = hsm.create(KeySpec.of(KeyId.random(random), "ec", KeyType.EC_P256));
    aes = (SecretKey) Objects.requireNonNull(provider.key(aesInfo.id()));
    ec = (PrivateKey) Objects.requireNonNull(provider.key(pair.id()));
  }

  @AfterEach
  void close() {
    faults.clear();
    hsm.close();
  }

  private void useBoth() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, aes);
    byte[] ciphertext = cipher.doFinal(TEXT);
    Cipher opening = Cipher.getInstance("AES/GCM/NoPadding", provider);
    opening.init(Cipher.DECRYPT_MODE, aes, new GCMParameterSpec(128, cipher.getIV()));
    assertThat(opening.doFinal(ciphertext)).isEqualTo(TEXT);
    Signature signature = Signature.getInstance("SHA256withECDSA", provider);
    signature.initSign(ec);
    signature.update(TEXT);
    assertThat(signature.sign()).isNotEmpty();
  }

  private static <T> List<T> onThreads(int threads, Callable<T> work) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<T>> futures =
          executor.invokeAll(IntStream.range(0, threads).mapToObj(_ -> work).toList());
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }

  static Stream<Fault> disturbances() {
    return Stream.of(
        Fault.on("*").losesSessions(),
        Fault.on("*").logsOut(),
        Fault.on("*").finalises(),
        Fault.on("*").losesObjectHandles(),
        Fault.on("*").breaksLibrary("CKR_GENERAL_ERROR"),
        Fault.on("C_EncryptInit").times(3).returns("CKR_DEVICE_ERROR"),
        Fault.on("C_Sign").times(3).returns("CKR_SESSION_HANDLE_INVALID"),
        Fault.on("C_Decrypt").times(3).returns("CKR_DEVICE_MEMORY"));
  }

  @ParameterizedTest
  @MethodSource("disturbances")
  void sixteenThreads_whileItHappens_noOperationFails(Fault disturbance) throws Exception {
    AtomicInteger rounds = new AtomicInteger();
    long logins = faults.calls("C_Login");

    onThreads(
        THREADS,
        () -> {
          for (int i = 0; i < ROUNDS; i++) {
            if (rounds.incrementAndGet() == THREADS * ROUNDS / 4) {
              faults.set(disturbance);
            }
            useBoth();
          }
          return rounds;
        });

    assertThat(faults.fired().getFirst()).as("it happened").isPositive();
    assertThat(faults.calls("C_Login") - logins).as("logins").isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CKR_PIN_INCORRECT", "CKR_PIN_LOCKED", "CKR_PIN_EXPIRED"})
  void pin_refused_isTriedOnceByAllThreadsTogether(String code) throws Exception {
    long logins = faults.calls("C_Login");
    faults.set(Fault.on("*").losesSessions(), Fault.on("C_Login").always().returns(code));

    List<String> messages =
        onThreads(
            PIN_THREADS,
            () -> {
              try {
                hsm.encrypt(aesInfo.id(), AesGcm.withDeviceIv(new byte[0]), TEXT);
                return "it worked";
              } catch (HsmException.AccessDenied e) {
                return e.text();
              }
            });

    assertThat(messages)
        .hasSize(PIN_THREADS)
        .allSatisfy(message -> assertThat(message).contains(code).contains("pin-source"));
    assertThatThrownBy(this::useBoth).as("the same through the JCA").hasMessageContaining(code);
    assertThat(faults.calls("C_Login") - logins).as("tries").isEqualTo(1);
  }

  @Test
  void pinFile_changed_isTriedOnceAndKeysWorkOn() throws Exception {
    faults.set(Fault.on("*").losesSessions(), Fault.on("C_Login").returns("CKR_PIN_INCORRECT"));
    assertThatThrownBy(this::useBoth).hasMessageContaining("CKR_PIN_INCORRECT");
    long logins = faults.calls("C_Login");

    replacePinFile();

    useBoth();
    assertThat(faults.calls("C_Login") - logins).isEqualTo(1);
  }

  @Test
  void open_anewAfterARefusal_triesThePinAgain() {
    faults.set(Fault.on("*").losesSessions(), Fault.on("C_Login").returns("CKR_PIN_LOCKED"));
    assertThatThrownBy(() -> hsm.random(1)).isInstanceOf(HsmException.AccessDenied.class);
    try (Hsm again = Hsm.open(faults.url() + "&x-sessions=8&x-deadline=30s")) {
      assertThat(again.random(1)).hasSize(1);
    }
    assertThatThrownBy(() -> hsm.random(1)).isInstanceOf(HsmException.AccessDenied.class);
  }

  // As an operator does it: whole, with a rename.
  private void replacePinFile() throws IOException {
    Path fresh = token.dir().resolve("user.pin.new");
    Files.copy(token.userPin(), fresh);
    Files.move(fresh, token.userPin(), StandardCopyOption.REPLACE_EXISTING);
  }
}
