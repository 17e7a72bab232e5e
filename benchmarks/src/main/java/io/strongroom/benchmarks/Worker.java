package io.strongroom.benchmarks;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One Java contestant's process. Answers on standard output what it is asked on standard input, in
 * the words that {@code floor.c} describes.
 */
final class Worker {
  // The counts of two threads never meet, so that no IV is used twice.
  private static final int THREAD_SHIFT = 40;

  private final Workload workload;
  private long firstCount = 1;

  private Worker(Workload workload) {
    this.workload = workload;
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    // ipkcs11wrapper greets on standard output, which is for answers only.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    BenchmarkToken token = BenchmarkToken.open(Path.of(arguments[0]), Path.of(arguments[1]));
    try (Workload workload = Contestant.valueOf(arguments[2]).open(token);
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Worker worker = new Worker(workload);
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        answers.println("ok " + worker.answer(line.split(" ")));
      }
    }
  }

  private String answer(String[] words) throws Exception {
    Operation operation = Operation.valueOf(words[1]);
    return switch (words[0]) {
      case "check" -> HexFormat.of().formatHex(workload.ready(operation).perform(0));
      case "run" -> {
        Slice slice = run(operation, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        yield slice.calls() + " " + slice.nanos() + " " + slice.cpuNanos();
      }
      default -> throw new IllegalArgumentException("what is \"" + words[0] + "\"?");
    };
  }

  private Slice run(Operation operation, int threads, int millis) throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    CyclicBarrier start = new CyclicBarrier(threads + 1);
    List<Future<Stretch>> stretches = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        Workload.Call call = workload.ready(operation);
        long first = firstCount + ((long) i << THREAD_SHIFT);
        stretches.add(executor.submit(() -> loop(call, first, start, stop)));
      }
      start.await();
      Thread.sleep(millis);
      stop.set(true);
    }
    return total(stretches);
  }

  private Slice total(List<Future<Stretch>> stretches) throws Exception {
    long calls = 0;
    long cpu = 0;
    long begin = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (Future<Stretch> future : stretches) {
      Stretch stretch = future.get();
      calls += stretch.calls;
      cpu += stretch.cpuNanos;
      begin = Math.min(begin, stretch.beginNanos);
      end = Math.max(end, stretch.endNanos);
      firstCount += stretch.calls;
    }
    return new Slice(calls, end - begin, cpu);
  }

  private record Stretch(long calls, long beginNanos, long endNanos, long cpuNanos) {}

  private static Stretch loop(
      Workload.Call call, long first, CyclicBarrier start, AtomicBoolean stop) throws Exception {
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    start.await();
    long cpuBegin = clock.getCurrentThreadCpuTime();
    long begin = System.nanoTime();
    long calls = 0;
    while (!stop.get()) {
      call.perform(first + calls);
      calls++;
    }
    long end = System.nanoTime();
    return new Stretch(calls, begin, end, clock.getCurrentThreadCpuTime() - cpuBegin);
  }
}
