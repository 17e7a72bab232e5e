package io.strongroom.cluster.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TroublesTest {
  private final Troubles troubles = new Troubles();

  @Test
  void trouble_thatGoesOn_isNewsOnce() {
    assertThat(troubles.isNews("a", "full")).isTrue();
    assertThat(troubles.isNews("a", "full")).isFalse();
    assertThat(troubles.isNews("b", "full")).isTrue();
  }

  @Test
  void trouble_withAnotherReason_isNews() {
    troubles.isNews("a", "full");
    assertThat(troubles.isNews("a", "gone")).isTrue();
    assertThat(troubles.isNews("a", "gone")).isFalse();
  }

  @Test
  void trouble_thatWasOver_isNewsAgain() {
    troubles.isNews("a", "full");
    troubles.over("a");
    assertThat(troubles.isNews("a", "full")).isTrue();
  }

  @Test
  void troubles_withoutEnd_areNotKept() {
    for (int i = 0; i < 20_000; i++) {
      assertThat(troubles.isNews("key " + i, "full")).isTrue();
    }
    assertThat(troubles.isNews("key 0", "full")).isTrue();
  }
}
