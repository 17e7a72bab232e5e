package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

  private final ManualTicker ticker = new ManualTicker();
  private final RetryBudget budget = new RetryBudget(new RetryBudget.Policy(0.2, 10, 100), ticker);

  @Test
  void withdraw_fromFullBudget_coversAllThatWasSaved() {
    assertThat(taken(150)).isEqualTo(100);
  }

  @Test
  void withdraw_afterFiveOperations_coversOneRepeat() {
    taken(100);
    IntStream.range(0, 6).forEach(i -> budget.deposit());
    assertThat(taken(10)).isEqualTo(1);
  }

  @Test
  void withdraw_afterASecond_coversWhatCameWithTime() {
    taken(100);
    ticker.pass(Duration.ofSeconds(1));
    assertThat(taken(100)).isEqualTo(10);
  }

  @Test
  void deposit_intoFullBudget_savesNoMore() {
    IntStream.range(0, 10_000).forEach(i -> budget.deposit());
    assertThat(taken(150)).isEqualTo(100);
  }

  private long taken(int tries) {
    return IntStream.range(0, tries).filter(i -> budget.withdraw()).count();
  }
}
