package io.strongroom.provider.wycheproof;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.pkcs11.DeviceExtension;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs the files of one family of algorithms on a token of its own, and prints what came of it. */
@ExtendWith({NeedsVectors.class, DeviceExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VectorSuite {
  private @Nullable VectorToken token;

  @BeforeAll
  void open(DeviceExtension.Url url) throws Exception {
    token = new VectorToken(url.text());
  }

  @AfterAll
  void close() {
    if (token != null) {
      token.close();
    }
  }

  final VectorToken token() {
    return Objects.requireNonNull(token);
  }

  /** Every vector of the file ends as it says, and not all of them are inapplicable. */
  final void run(String file, String way, Tally.Trial trial) {
    Tally tally = tally(file, way, trial);
    assertThat(tally.failures()).isEmpty();
    assertThat(tally.passed()).isPositive();
  }

  /** The same for a file none of whose vectors can be put to this device. */
  final void runInapplicable(String file, String way, Tally.Trial trial) {
    Tally tally = tally(file, way, trial);
    assertThat(tally.failures()).isEmpty();
  }

  @SuppressWarnings("SystemOut")
  static Tally tally(String file, String way, Tally.Trial trial) {
    Tally tally = new Tally(file + " by " + way);
    VectorFile.read(file).forEach(vector -> tally.run(vector, trial));
    System.out.println(tally);
    return tally;
  }
}
