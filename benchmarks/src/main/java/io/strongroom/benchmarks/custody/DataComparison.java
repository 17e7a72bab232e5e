package io.strongroom.benchmarks.custody;

import io.strongroom.benchmarks.custody.Throughput.Work;
import io.strongroom.custody.Ciphertext;
import io.strongroom.custody.Custody;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Encryption and decryption by the HSM itself, and by custody over the same HSM on each kind of
 * store. For one thread.
 */
final class DataComparison implements AutoCloseable {
  private static final String ALIAS = "alias/benchmark";
  private static final UUID NO_CMK = new UUID(0, 0);
  private static final Map<String, String> CONTEXT = Map.of("invoice", "4711");

  private final Hsm hsm;
  private final DurableLog log;
  private final Map<String, Custody> custodies = new LinkedHashMap<>();

  /**
   * Makes a key for each store.
   *
   * @param hsm stays the caller's
   * @param log stays the caller's
   * @param stores the stores' URLs by the name that the table gives them
   */
  DataComparison(Hsm hsm, DurableLog log, Map<String, String> stores) {
    this.hsm = hsm;
    this.log = log;
    stores.forEach((name, url) -> {
      Custody custody = Custody.open(hsm, url, Clock.systemUTC());
      custodies.put("custody, " + name, custody);
      custody.as("benchmark").createKey(KeyRequest.generated().withAlias(ALIAS));
    });
  }

  /**
   * Measures a row for each operation and length of payload.
   *
   * @param token what the table calls the token as it is now
   */
  List<CustodyCell> run(String token, CustodyPlan plan, Consumer<CustodyCell> progress)
      throws Exception {
    List<CustodyCell> cells = new ArrayList<>();
    for (int bytes : plan.payloads()) {
      byte[] plaintext = new byte[bytes];
      cells.add(new CustodyCell("encrypt", token, bytes, rates(encrypting(plaintext), plan)));
      progress.accept(cells.getLast());
      cells.add(new CustodyCell("decrypt", token, bytes, rates(decrypting(plaintext), plan)));
      progress.accept(cells.getLast());
    }
    return cells;
  }

  private static Map<String, List<Throughput>> rates(Map<String, Work> subjects, CustodyPlan plan)
      throws Exception {
    Map<String, List<Throughput>> rates = new LinkedHashMap<>();
    for (Work work : subjects.values()) {
      Throughput.of(CustodyPlan.THREADS, plan.warmUpMillis(), work);
    }
    for (int round = 0; round < plan.rounds(); round++) {
      for (var subject : subjects.entrySet()) {
        rates
            .computeIfAbsent(subject.getKey(), _ -> new ArrayList<>())
            .add(Throughput.of(CustodyPlan.THREADS, plan.sliceMillis(), subject.getValue()));
      }
    }
    return rates;
  }

  private Map<String, Work> encrypting(byte[] plaintext) {
    Map<String, Work> subjects = new LinkedHashMap<>();
    KeyId key = anyKey();
    byte[] aad = Ciphertext.aad(NO_CMK, 1, CONTEXT);
    putDirect(
        subjects, () -> hsm.encrypt(key, CipherAlgorithm.AesGcm.withDeviceIv(aad), plaintext));
    custodies.forEach((name, custody) -> {
      KeyService keys = custody.as("benchmark");
      subjects.put(name, () -> keys.encrypt(ALIAS, plaintext, CONTEXT));
    });
    return subjects;
  }

  private Map<String, Work> decrypting(byte[] plaintext) {
    Map<String, Work> subjects = new LinkedHashMap<>();
    KeyId key = anyKey();
    byte[] aad = Ciphertext.aad(NO_CMK, 1, CONTEXT);
    Encrypted direct = hsm.encrypt(key, CipherAlgorithm.AesGcm.withDeviceIv(aad), plaintext);
    putDirect(
        subjects,
        () -> hsm.decrypt(key, CipherAlgorithm.AesGcm.withIv(direct.iv(), aad), direct.bytes()));
    custodies.forEach((name, custody) -> {
      KeyService keys = custody.as("benchmark");
      byte[] ciphertext = keys.encrypt(ALIAS, plaintext, CONTEXT).encode();
      subjects.put(name, () -> keys.decrypt(ciphertext, CONTEXT));
    });
    return subjects;
  }

  private void putDirect(Map<String, Work> subjects, Work call) {
    subjects.put(CustodyCell.HSM, call);
    subjects.put(
        CustodyCell.FLOOR,
        () -> {
          call.run();
          log.append();
        });
  }

  private KeyId anyKey() {
    return hsm.keys().stream()
        .filter(key -> key.label().startsWith("cmk/"))
        .findFirst()
        .orElseThrow()
        .id();
  }

  @Override
  public void close() {
    custodies.values().forEach(Custody::close);
  }
}
