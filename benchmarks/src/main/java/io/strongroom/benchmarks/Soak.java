package io.strongroom.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Works on one token for long and looks whether anything grows: {@code Soak DIR [OPERATIONS]}, with
 * DIR the module's folder. The library is watched by a shim that counts calls and changes none.
 */
final class Soak {
  private static final String BEGIN = "<!-- soak: written by soak.sh -->";
  private static final String END = "<!-- end of soak -->";
  private static final long OPERATIONS = 1_000_000;
  private static final int THREADS = 32;
  private static final int PARTS = 20;

  private Soak() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 1 || arguments.length > 2) {
      System.err.println("usage: soak.sh [OPERATIONS]");
      System.exit(2);
    }
    long operations = arguments.length == 2 ? Long.parseLong(arguments[1]) : OPERATIONS;
    SoakReport report = onFreshToken(operations);
    List<String> growth = report.growth();
    String table = report.markdown() + (growth.isEmpty() ? "\nNothing grew.\n" : "");
    Path dir = Path.of(arguments[0]);
    Path json = dir.resolve("results").resolve("soak.json");
    Files.createDirectories(json.getParent());
    new ObjectMapper().writeValue(json.toFile(), report);
    if (operations == OPERATIONS) {
      Report.replace(dir.resolve("README.md"), BEGIN, END, table);
    }
    System.out.println(table);
    System.err.println("==> written: " + json);
    growth.forEach(line -> System.err.println("==> " + line));
    System.exit(growth.isEmpty() ? 0 : 1);
  }

  private static SoakReport onFreshToken(long operations) throws Exception {
    Path work = Files.createTempDirectory("strongroom-soak-");
    SoftHsmToken token = SoftHsmToken.create(work.resolve("token"), "soak");
    try {
      return run(token, operations, THREADS);
    } finally {
      token.delete();
      Files.deleteIfExists(work);
    }
  }

  /** Does so many operations on a token, in equal parts with a sample after each. */
  static SoakReport run(SoftHsmToken token, long operations, int threads) throws Exception {
    Instant started = Instant.now();
    List<SoakSample> samples = new ArrayList<>();
    SplittableRandom random = new SplittableRandom();
    try (FaultyLibrary library = FaultyLibrary.over(token);
        Hsm hsm = Hsm.open(library.url())) {
      SoakLoad load = new SoakLoad(hsm, random);
      long part = Math.ceilDiv(operations, (long) PARTS * threads);
      for (int i = 1; i <= PARTS; i++) {
        onThreads(load, random, part, threads);
        samples.add(SoakSample.take(i * part * threads, library));
      }
      long seconds = Duration.between(started, Instant.now()).toSeconds();
      Machine machine = Machine.describe(token.library());
      return new SoakReport(started.toString(), seconds, threads, machine, samples);
    }
  }

  private static void onThreads(SoakLoad load, SplittableRandom random, long each, int threads)
      throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        SplittableRandom own = random.split();
        work.add(() -> {
          for (long n = 0; n < each; n++) {
            load.perform(own);
          }
          return null;
        });
      }
      for (Future<Void> future : executor.invokeAll(work)) {
        future.get();
      }
    }
  }
}
