package io.strongroom.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {

  private static final Kind SIGN = new Kind("SIGN", "EC_256", 0);

  private final ManualTicker ticker = new ManualTicker();
  private final Floors floors = new Floors();
  private final Member busy = member("busy");
  private final Member free = member("free");
  private final WaitingRoom<String> room = new WaitingRoom<>(ticker);

  WaitingRoomTest() {
    busy.lost();
  }

  @Test
  void next_withNobodyWaiting_isNone() {
    assertThat(room.next()).isNull();
  }

  @Test
  void next_behindOneWhoWaitsForABusyNode_isTheOneWhoseNodeIsFree() {
    room.enter(1, "blocked", Set.of(busy));
    room.enter(2, "ready", Set.of(free));
    assertThat(room.next()).isEqualTo("ready");
    assertThat(room.next()).isNull();
    assertThat(room.size()).isEqualTo(1);
  }

  @Test
  void next_amongThoseWhoseNodesAreFree_isTheOneWhoCameFirst() {
    room.enter(3, "third", Set.of(free));
    room.enter(1, "first", Set.of(busy, free));
    room.enter(2, "second", Set.of(free));
    assertThat(List.of(String.valueOf(room.next()), String.valueOf(room.next())))
        .containsExactly("first", "second");
  }

  @Test
  void leave_ofOneWhoWaits_makesRoomAtOnce() {
    room.enter(1, "gone", Set.of(free));
    room.leave(1);
    assertThat(room.size()).isZero();
    assertThat(room.next()).isNull();
  }

  @Test
  void leave_ofOneWhoDoesNotWait_changesNothing() {
    room.enter(1, "stays", Set.of(free));
    room.leave(2);
    assertThat(room.next()).isEqualTo("stays");
  }

  @Test
  void reconsider_hasAllInTheOrderInWhichTheyCame_andSomeMayEnterAgain() {
    room.enter(2, "second", Set.of(free));
    room.enter(1, "first", Set.of(busy));
    room.enter(3, "third", Set.of(busy));
    List<String> seen = new ArrayList<>();
    room.reconsider(w -> {
      seen.add(w);
      if (w.equals("third")) {
        room.enter(3, w, Set.of(free));
      }
    });
    assertThat(seen).containsExactly("first", "second", "third");
    assertThat(room.size()).isEqualTo(1);
    assertThat(room.next()).isEqualTo("third");
  }

  @Test
  void expectedWait_beforeAnyoneWasServed_isNotKnown() {
    room.enter(1, "waits", Set.of(free));
    ticker.pass(Duration.ofSeconds(3));
    assertThat(room.expectedWait(Set.of(free))).isZero();
  }

  @Test
  void expectedWait_ofALineThatMoves_isItsLengthTimesItsPace() {
    fillAndMove();
    assertThat(room.expectedWait(Set.of(free)))
        .isBetween(Duration.ofMillis(900), Duration.ofMillis(1100));
    assertThat(room.expectedWait(Set.of(busy))).isZero();
  }

  @Test
  void expectedWait_whileNoNodeServes_isNotKnown() {
    fillAndMove();
    free.lost();
    assertThat(room.expectedWait(Set.of(free))).isZero();
  }

  @Test
  void expectedWait_whileANodeReturns_isNotKnown() {
    free.lost();
    free.probed();
    fillAndMove();
    assertThat(free.share()).isLessThan(1);
    assertThat(room.expectedWait(Set.of(free))).isZero();
  }

  @Test
  void expectedWait_afterNodesCameOrWent_isNotKnown() {
    fillAndMove();
    assertThat(room.expectedWait(Set.of(free))).isPositive();
    room.reconsider(w -> room.enter(w.length(), w, Set.of(free)));
    assertThat(room.expectedWait(Set.of(free))).isZero();
  }

  private void fillAndMove() {
    for (int i = 0; i < 200; i++) {
      room.enter(i, "waits", Set.of(free));
    }
    for (int i = 0; i < 100; i++) {
      ticker.pass(Duration.ofMillis(10));
      room.next();
    }
  }

  @Test
  void expectedWait_whenNothingHasMovedForASecond_isNotKnown() {
    for (int i = 0; i < 200; i++) {
      room.enter(i, "waits", Set.of(free));
    }
    ticker.pass(Duration.ofMillis(600));
    room.next();
    ticker.pass(Duration.ofSeconds(1));
    assertThat(room.expectedWait(Set.of(free))).isZero();
  }

  @Test
  void next_withASaturatedNode_isNone() {
    room.enter(1, "waits", Set.of(free));
    while (!free.saturated()) {
      free.begin(SIGN);
    }
    assertThat(room.next()).isNull();
  }

  private Member member(String name) {
    Member member = new Member(name, "", HealthPolicy.DEFAULT, ticker, floors);
    member.joined();
    return member;
  }
}
