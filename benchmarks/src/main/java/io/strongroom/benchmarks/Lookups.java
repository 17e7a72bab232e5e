package io.strongroom.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.provider.HsmProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Looks keys up in a token that fills, and shows whether that takes longer: {@code Lookups DIR},
 * with DIR the module's folder. In the process are SunPKCS11 and we, on one library, one after the
 * other.
 */
final class Lookups {
  private static final String BEGIN = "<!-- lookups: written by lookups.sh -->";
  private static final String END = "<!-- end of lookups -->";
  private static final List<Integer> KEYS = List.of(10, 100, 1_000);
  private static final int SAMPLES = 40;

  private Lookups() {}

  /**
   * What one number of keys cost, medians in microseconds.
   *
   * @param keys how many keys there were
   * @param byLabel {@code Hsm.key(label)} of a key that was looked up before
   * @param byId {@code Hsm.key(id)} of one
   * @param getKey {@code KeyStore.getKey} of the key store {@code HSM}
   * @param sunGetKey the same of SunPKCS11
   * @param first {@code Hsm.key(label)} of a key that this process has not seen
   * @param list {@code Hsm.keys()}, once
   */
  record Row(
      int keys,
      double byLabel,
      double byId,
      double getKey,
      double sunGetKey,
      double first,
      double list) {}

  /**
   * The whole run.
   *
   * @param started when, ISO 8601
   * @param machine where
   * @param rows one for each number of keys
   */
  record Result(String started, Machine machine, List<Row> rows) {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 1) {
      System.err.println("usage: lookups.sh");
      System.exit(2);
    }
    Path dir = Path.of(arguments[0]);
    Path work = Files.createTempDirectory("strongroom-lookups-");
    BenchmarkToken token = BenchmarkToken.create(work.resolve("token"));
    try {
      int exitCode = token.java(Measurement.class, dir.toString()).inheritIO().start().waitFor();
      System.exit(exitCode);
    } finally {
      token.delete();
      Files.deleteIfExists(work);
    }
  }

  /** The process that measures: it has the token's environment, which SunPKCS11 needs. */
  static final class Measurement {
    private Measurement() {}

    public static void main(String[] arguments) throws Exception {
      BenchmarkToken token = BenchmarkToken.open(Path.of(arguments[0]), Path.of(arguments[1]));
      Path dir = Path.of(arguments[2]);
      Result result =
          new Result(Instant.now().toString(), Machine.describe(token.library()), measure(token));
      Path json = dir.resolve("results").resolve("lookups.json");
      Files.createDirectories(json.getParent());
      new ObjectMapper().writeValue(json.toFile(), result);
      Report.replace(dir.resolve("README.md"), BEGIN, END, markdown(result));
      System.out.println(markdown(result));
      System.err.println("==> written: " + json + ", README.md");
    }
  }

  private static List<Row> measure(BenchmarkToken token) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (Hsm maker = Hsm.open(token.url())) {
      int present = 0;
      for (int keys : KEYS) {
        for (; present < keys; present++) {
          KeyId id = KeyId.random(new SecureRandom());
          maker.create(KeySpec.of(id, "key-" + present, KeyType.AES_256));
        }
        System.err.println("==> " + keys + " keys are made");
        rows.add(measure(token, keys));
      }
    }
    return rows;
  }

  private static Row measure(BenchmarkToken token, int keys) throws Exception {
    List<String> labels =
        new SplittableRandom(keys).ints(SAMPLES, 0, keys).mapToObj(i -> "key-" + i).toList();
    try (Hsm hsm = Hsm.open(token.url());
        JcaWorkload sun = JcaWorkload.sunPkcs11(token)) {
      double first = median(List.of(() -> hsm.key("key-0"), () -> hsm.key("key-" + (keys - 1))));
      double list = median(List.of(hsm::keys));
      KeyStore store = KeyStore.getInstance("HSM", HsmProvider.over(hsm));
      store.load(null, null);
      List<KeyId> ids = labels.stream().map(hsm::key).map(KeyInfo::id).toList();
      return new Row(
          keys,
          medianOfEach(labels, hsm::key),
          medianOfEach(ids, hsm::key),
          medianOfEach(labels, label -> store.getKey(label, null)),
          medianOfEach(labels, label -> sun.keys().getKey(label, null)),
          first,
          list);
    }
  }

  private interface Lookup<K> {
    Object of(K key) throws Exception;
  }

  // Each twice, the first round to warm up.
  private static <K> double medianOfEach(List<K> names, Lookup<K> lookup) throws Exception {
    List<Callable<Object>> calls =
        names.stream().<Callable<Object>>map(name -> () -> lookup.of(name)).toList();
    median(calls);
    return median(calls);
  }

  private static double median(List<Callable<Object>> calls) throws Exception {
    List<Double> micros = new ArrayList<>();
    for (Callable<Object> call : calls) {
      long begin = System.nanoTime();
      if (call.call() == null) {
        throw new IllegalStateException("a key that was made was not found");
      }
      micros.add((System.nanoTime() - begin) / 1e3);
    }
    return Cell.median(micros);
  }

  static String markdown(Result result) {
    StringBuilder text = new StringBuilder();
    text.append("Medians in µs, measured ").append(result.started());
    text.append(" on ").append(result.machine().sentence()).append(".\n\n");
    text.append(
        "| Keys | `Hsm.key(label)` | `Hsm.key(id)` | `getKey`, ours | `getKey`, SunPKCS11 |"
            + " first time, by label | `Hsm.keys()` |\n"
            + "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    result
        .rows()
        .forEach(row ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %,d | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f |%n",
                    row.keys(),
                    row.byLabel(),
                    row.byId(),
                    row.getKey(),
                    row.sunGetKey(),
                    row.first(),
                    row.list())));
    return text.toString();
  }
}
