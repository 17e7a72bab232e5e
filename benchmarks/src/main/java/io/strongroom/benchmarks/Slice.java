package io.strongroom.benchmarks;

/**
 * What one contestant did in one stretch of time.
 *
 * @param calls operations completed
 * @param nanos from the first thread's begin to the last thread's end
 * @param cpuNanos processor time that the calling threads used
 */
public record Slice(long calls, long nanos, long cpuNanos) {
  double callsPerSecond() {
    return calls * 1e9 / nanos;
  }

  double cpuMicrosPerCall() {
    return cpuNanos / 1e3 / calls;
  }
}
