package io.strongroom.provider.wycheproof;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of a file's vectors. */
final class Tally {
  private final String what;
  private final Map<String, Integer> notApplicable = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private int passed;
  private int acceptableTaken;
  private int acceptableRefused;

  /**
   * A tally of nothing yet.
   *
   * @param what the file, and the way that its vectors take
   */
  Tally(String what) {
    this.what = what;
  }

  /** Puts one vector to the test. */
  interface Trial {
    Verdict of(Vector vector) throws Exception;
  }

  void run(Vector vector, Trial trial) {
    try {
      count(vector, trial.of(vector));
    } catch (Exception | AssertionError e) {
      failures.add(vector + ": " + e);
    }
  }

  private void count(Vector vector, Verdict verdict) {
    switch (verdict) {
      case Verdict.NotApplicable(String reason) -> notApplicable.merge(reason, 1, Integer::sum);
      case Verdict.Accepted() -> {
        passed++;
        acceptableTaken += vector.result() == Vector.Result.ACCEPTABLE ? 1 : 0;
        require(vector, vector.result() != Vector.Result.INVALID, "was accepted");
      }
      case Verdict.Refused() -> {
        passed++;
        acceptableRefused += vector.result() == Vector.Result.ACCEPTABLE ? 1 : 0;
        require(vector, vector.result() != Vector.Result.VALID, "was refused");
      }
    }
  }

  private void require(Vector vector, boolean right, String what) {
    if (!right) {
      passed--;
      failures.add(vector + ": " + what);
    }
  }

  /** What went wrong, one line a vector. */
  List<String> failures() {
    return failures;
  }

  /** The vectors that were run and passed. */
  int passed() {
    return passed;
  }

  /** {@code aes_gcm_test.json by Cipher: 316 vectors, 310 passed, 0 failed, 6 not applicable …}. */
  @Override
  public String toString() {
    int left = notApplicable.values().stream().mapToInt(Integer::intValue).sum();
    StringBuilder line = new StringBuilder("wycheproof ").append(what).append(": ");
    line.append(passed + failures.size()).append(" run, ").append(passed).append(" passed, ");
    line.append(failures.size()).append(" failed, ").append(left).append(" not applicable");
    if (acceptableTaken + acceptableRefused > 0) {
      line.append("; of the acceptable ").append(acceptableTaken).append(" were accepted, ");
      line.append(acceptableRefused).append(" refused");
    }
    notApplicable.forEach(
        (reason, count) -> line.append("; ").append(count).append(" n/a: ").append(reason));
    return line.toString();
  }
}
