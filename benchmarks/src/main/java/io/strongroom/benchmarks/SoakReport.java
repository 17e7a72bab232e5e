package io.strongroom.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * How a soak went.
 *
 * @param started when, ISO-8601
 * @param seconds how long it took
 * @param threads how many threads worked
 * @param machine where
 * @param samples what the process held, after each of equal parts
 */
record SoakReport(
    String started, long seconds, int threads, Machine machine, List<SoakSample> samples) {
  private static final long HEAP_KIB = 4 * 1024;
  // The C library keeps freed memory in pieces, and compiled code still grows a little.
  private static final long NATIVE_KIB = 16 * 1024;
  private static final long RESIDENT_KIB = 48 * 1024;

  /** What the library's pool may open and close again as it needs. */
  private static final long SESSIONS = 20;

  SoakReport {
    samples = List.copyOf(samples);
  }

  /** What grew after the first half, which warms up: one line each; empty if nothing did. */
  List<String> growth() {
    List<String> grown = new ArrayList<>();
    judge(grown, "sessions", SoakSample::sessions, SESSIONS);
    judge(grown, "objects", SoakSample::objects, 0);
    judge(grown, "heap (KiB)", SoakSample::heapKib, HEAP_KIB);
    judge(grown, "JVM and native memory (KiB)", SoakSample::nativeKib, NATIVE_KIB);
    judge(grown, "resident memory (KiB)", SoakSample::residentKib, RESIDENT_KIB);
    judge(grown, "threads", SoakSample::threads, 8);
    return grown;
  }

  // The least of the last quarter: what is held for good, not what a moment needed.
  private void judge(
      List<String> grown, String what, ToLongFunction<SoakSample> value, long tolerated) {
    int half = samples.size() / 2;
    long before =
        samples.subList(Math.max(0, half - 2), half + 1).stream()
            .mapToLong(value)
            .max()
            .orElseThrow();
    long after =
        samples.subList(samples.size() - Math.max(1, samples.size() / 4), samples.size()).stream()
            .min(Comparator.comparingLong(value))
            .map(value::applyAsLong)
            .orElseThrow();
    if (after > before + tolerated) {
      grown.add(
          String.format(
              Locale.ROOT,
              "%s grew from %,d to %,d; %,d more would be chance",
              what,
              before,
              after,
              tolerated));
    }
  }

  /** A table of the samples. */
  String markdown() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%,d operations on %d threads in %d s, on %s.%n%n"
                    + "| Operations | Sessions | Objects | Heap, KiB | JVM and native, KiB |"
                    + " Resident, KiB | Threads |%n"
                    + "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |%n",
                samples.getLast().operations(),
                threads,
                seconds,
                machine.sentence()));
    samples.forEach(s ->
        text.append(
            String.format(
                Locale.ROOT,
                "| %,d | %d | %d | %,d | %,d | %,d | %d |%n",
                s.operations(),
                s.sessions(),
                s.objects(),
                s.heapKib(),
                s.nativeKib(),
                s.residentKib(),
                s.threads())));
    return text.toString();
  }
}
