package io.strongroom.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What was measured for one operation at one number of threads. Immutable.
 *
 * @param operation the operation
 * @param threads how many threads called at once
 * @param slices what each contestant did, one slice a round
 */
public record Cell(Operation operation, int threads, Map<Contestant, List<Slice>> slices) {

  /** The median of something over the rounds. */
  double median(Contestant contestant, ToDoubleFunction<Slice> measure) {
    return median(rounds(contestant).stream().map(measure::applyAsDouble).toList());
  }

  /**
   * How many times another's: the median of the rounds' ratios, since what else the machine does
   * weighs on neighbours in a round alike.
   */
  double ratio(Contestant contestant, Contestant base, ToDoubleFunction<Slice> measure) {
    List<Slice> ours = rounds(contestant);
    List<Slice> theirs = rounds(base);
    return median(
        IntStream.range(0, ours.size())
            .mapToObj(
                i -> measure.applyAsDouble(ours.get(i)) / measure.applyAsDouble(theirs.get(i)))
            .toList());
  }

  private List<Slice> rounds(Contestant contestant) {
    return Objects.requireNonNull(slices.get(contestant));
  }

  public static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
