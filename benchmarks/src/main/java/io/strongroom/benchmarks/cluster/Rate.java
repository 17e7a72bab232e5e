package io.strongroom.benchmarks.cluster;

import java.util.Locale;
import java.util.Scanner;

/**
 * What one subject did in one stretch of time.
 *
 * @param calls operations that ended
 * @param failed how many of them failed
 * @param nanos how long it was
 * @param cpuNanos processor time of the subject's process and the nodes'; 0 if not measured
 * @param p50Nanos the median of the time that an operation took
 * @param p99Nanos its 99th percentile
 * @param p999Nanos its 99.9th percentile
 */
record Rate(
    long calls,
    long failed,
    long nanos,
    long cpuNanos,
    long p50Nanos,
    long p99Nanos,
    long p999Nanos) {

  static Rate of(Load.Outcome outcome) {
    Samples samples = outcome.samples();
    return new Rate(
        samples.size(),
        samples.failed(),
        outcome.endNanos() - outcome.beginNanos(),
        0,
        samples.quantileNanos(0.5),
        samples.quantileNanos(0.99),
        samples.quantileNanos(0.999));
  }

  Rate withCpu(long measuredNanos) {
    return new Rate(calls, failed, nanos, measuredNanos, p50Nanos, p99Nanos, p999Nanos);
  }

  double callsPerSecond() {
    return calls * 1e9 / nanos;
  }

  double cpuMicrosPerCall() {
    return cpuNanos / 1e3 / calls;
  }

  double p50Micros() {
    return p50Nanos / 1e3;
  }

  double p99Micros() {
    return p99Nanos / 1e3;
  }

  double p999Micros() {
    return p999Nanos / 1e3;
  }

  /** One line, which {@link #parse} reads. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%d %d %d %d %d %d %d",
        calls,
        failed,
        nanos,
        cpuNanos,
        p50Nanos,
        p99Nanos,
        p999Nanos);
  }

  static Rate parse(String line) {
    try (Scanner words = new Scanner(line)) {
      return new Rate(
          words.nextLong(),
          words.nextLong(),
          words.nextLong(),
          words.nextLong(),
          words.nextLong(),
          words.nextLong(),
          words.nextLong());
    }
  }
}
