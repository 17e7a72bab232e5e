package io.strongroom.benchmarks.custody;

import io.strongroom.benchmarks.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One row: an operation on payloads of one size, by every subject.
 *
 * @param operation what was done
 * @param token which kind of token did it
 * @param payloadBytes the length of the plaintext
 * @param rates for each subject, in the order of the table, what it did round by round
 */
record CustodyCell(
    String operation, String token, int payloadBytes, Map<String, List<Throughput>> rates) {

  /** The subject that the others are compared with. */
  static final String HSM = "`Hsm`";

  /** The HSM's own call, and then the least that a record of it on disk can cost. */
  static final String FLOOR = "`Hsm`, 512 B on disk";

  double callsPerSecond(String subject) {
    return Cell.median(rounds(subject).stream().map(Throughput::callsPerSecond).toList());
  }

  /** The median over the rounds of a subject's rate to another one's. */
  double ratio(String subject, String to) {
    List<Throughput> own = rounds(subject);
    List<Throughput> other = rounds(to);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      ratios.add(own.get(i).callsPerSecond() / other.get(i).callsPerSecond());
    }
    return Cell.median(ratios);
  }

  private List<Throughput> rounds(String subject) {
    return Objects.requireNonNull(rates.get(subject), subject);
  }
}
