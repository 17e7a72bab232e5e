package io.strongroom.integration.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How the operations of one part of an experiment fared.
 *
 * @param operations how many there were
 * @param failed how many failed or gave a wrong result
 * @param p50 half of them took no longer
 * @param p99 99 in 100 took no longer
 * @param max none took longer
 */
public record Phase(int operations, int failed, Duration p50, Duration p99, Duration max) {

  /** Of these operations. */
  static Phase of(List<ConstantLoad.Sample> samples) {
    long[] sorted = samples.stream().mapToLong(ConstantLoad.Sample::tookNanos).sorted().toArray();
    return new Phase(
        sorted.length,
        (int) samples.stream().filter(s -> s.failure() != null).count(),
        quantile(sorted, 0.5),
        quantile(sorted, 0.99),
        quantile(sorted, 1));
  }

  private static Duration quantile(long[] sorted, double part) {
    int index = Math.clamp((long) Math.ceil(part * sorted.length) - 1, 0, sorted.length);
    return Duration.ofNanos(Arrays.stream(sorted).skip(index).findFirst().orElse(0));
  }

  /**
   * The longest time, in steps of a tenth of a second, in which more than one in ten of the
   * operations that came took longer than a tenth of a second: how long it took to be back at the
   * full rate.
   */
  static Duration belowFullRate(List<ConstantLoad.Sample> samples, long fromNanos) {
    long slotNanos = Duration.ofMillis(100).toNanos();
    Map<Long, List<ConstantLoad.Sample>> slots =
        samples.stream()
            .filter(sample -> sample.dueNanos() >= fromNanos)
            .collect(
                Collectors.groupingBy(
                    sample -> (sample.dueNanos() - fromNanos) / slotNanos,
                    TreeMap::new,
                    Collectors.toList()));
    int longest = 0;
    int run = 0;
    for (List<ConstantLoad.Sample> slot : slots.values()) {
      long late = slot.stream().filter(sample -> sample.tookNanos() > slotNanos).count();
      run = late * 10 > slot.size() ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return Duration.ofNanos(longest * slotNanos);
  }
}
