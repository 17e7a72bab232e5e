package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Cell;
import io.strongroom.benchmarks.Operation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What was measured for one operation with so many outstanding. Immutable.
 *
 * @param operation the operation
 * @param outstanding how many at once
 * @param rates what each subject did, one slice a round
 */
record ClusterCell(Operation operation, int outstanding, Map<Subject, List<Rate>> rates) {

  /** The median of something over the rounds. */
  double median(Subject subject, ToDoubleFunction<Rate> measure) {
    return Cell.median(rounds(subject).stream().map(measure::applyAsDouble).toList());
  }

  /** How many times another's: the median of the rounds' ratios. */
  double ratio(Subject subject, Subject base, ToDoubleFunction<Rate> measure) {
    List<Rate> ours = rounds(subject);
    List<Rate> theirs = rounds(base);
    return Cell.median(
        IntStream.range(0, ours.size())
            .mapToObj(
                i -> measure.applyAsDouble(ours.get(i)) / measure.applyAsDouble(theirs.get(i)))
            .toList());
  }

  /** How many operations failed, of all subjects. */
  long failed() {
    return rates.values().stream().flatMap(List::stream).mapToLong(Rate::failed).sum();
  }

  private List<Rate> rounds(Subject subject) {
    return Objects.requireNonNull(rates.get(subject));
  }
}
