package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the page on routing to the numbers in the code. */
class RoutingPageTest {

  private static String page;

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(Path.of("..", "docs", "routing.md"));
  }

  @Test
  void page_hasTheNumbersOfTheHealthPolicy() {
    HealthPolicy policy = HealthPolicy.DEFAULT;
    assertThat(page)
        .contains(
            policy.failuresToEject()
                + " failures in a row, or "
                + policy.failuresOf32ToEject()
                + " among the last 32",
            "after %d ms, doubling to %d s"
                .formatted(policy.firstProbe().toMillis(), policy.longestProbe().toSeconds()),
            "growing to all of it in " + policy.ramp().toSeconds() + " s");
    assertThat(policy.firstShare()).as("a tenth").isEqualTo(0.1);
  }

  @Test
  void page_hasTheNumbersOfTheLimit() {
    ManualTicker ticker = new ManualTicker();
    Member member = new Member("a", "", HealthPolicy.DEFAULT, ticker, new Floors());
    member.joined();
    assertThat(page).contains("at least " + member.limit() + ", at most ");
    member.sessions(1000);
    assertThat(page).contains("at most " + member.limit() + " (a node");
    member.sessions(10);
    assertThat(page).contains(member.limit() / 10 + " for each session");
  }

  @Test
  void page_hasTheNumbersOfThePause() {
    ManualTicker ticker = new ManualTicker();
    Member member = new Member("a", "", HealthPolicy.DEFAULT, ticker, new Floors());
    member.joined();
    Duration first = throttle(member);
    Duration longest = first;
    for (int i = 0; i < 20; i++) {
      ticker.pass(member.pause());
      longest = throttle(member);
    }
    assertThat(page)
        .contains(
            "a pause (%d ms, doubling with each to %.2f s"
                .formatted(first.toMillis(), longest.toMillis() / 1000.0));
  }

  private static Duration throttle(Member member) {
    member.begin(new Kind("SIGN", "", 0)).end(Outcome.THROTTLED);
    return member.pause();
  }
}
