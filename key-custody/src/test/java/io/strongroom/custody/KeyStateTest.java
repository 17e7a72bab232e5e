package io.strongroom.custody;

import static io.strongroom.custody.KeyState.DISABLED;
import static io.strongroom.custody.KeyState.ENABLED;
import static io.strongroom.custody.KeyState.PENDING_DELETION;
import static io.strongroom.custody.KeyState.PENDING_IMPORT;
import static io.strongroom.custody.KeyState.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.KeyState.Event;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyStateTest {

  /** One row a state, one column an event in their order; null where the event is refused. */
  private static final @Nullable KeyState[][] WANTED = {
    {ENABLED, null, null, null, PENDING_DELETION, null, null, null, null},
    {null, ENABLED, DISABLED, PENDING_IMPORT, PENDING_DELETION, null, null, ENABLED, ENABLED},
    {null, ENABLED, DISABLED, PENDING_IMPORT, PENDING_DELETION, null, null, null, null},
    {null, null, null, PENDING_DELETION, null, DISABLED, PENDING_IMPORT, null, null},
    {null, UNAVAILABLE, DISABLED, PENDING_IMPORT, PENDING_DELETION, null, null, null, null},
  };

  @ParameterizedTest
  @MethodSource("cells")
  void after_everyStateAndEvent_isAsInTheTable(
      KeyState from, Event event, @Nullable KeyState wanted) {
    assertThat(from.after(event).orElse(null)).isEqualTo(wanted);
  }

  @Test
  void wayTo_eventOfAnotherState_isTheShortestThatTakesNothingAway() {
    assertThat(PENDING_DELETION.wayTo(Event.USE, KeyOrigin.HSM))
        .containsExactly(Event.CANCEL_DELETION, Event.ENABLE);
    assertThat(PENDING_IMPORT.wayTo(Event.USE, KeyOrigin.EXTERNAL)).containsExactly(Event.IMPORT);
    assertThat(DISABLED.wayTo(Event.ROTATE, KeyOrigin.HSM)).containsExactly(Event.ENABLE);
    assertThat(ENABLED.wayTo(Event.IMPORT, KeyOrigin.EXTERNAL)).isEmpty();
    assertThat(ENABLED.wayTo(Event.CANCEL_DELETION, KeyOrigin.HSM)).isEmpty();
    assertThat(UNAVAILABLE.wayTo(Event.USE, KeyOrigin.HSM)).isEmpty();
  }

  @Test
  void toString_everyState_isTheNameThatUsersSee() {
    assertThat(List.of(PENDING_IMPORT, ENABLED, DISABLED, PENDING_DELETION, UNAVAILABLE))
        .map(KeyState::toString)
        .containsExactly("PendingImport", "Enabled", "Disabled", "PendingDeletion", "Unavailable");
  }

  static Stream<Arguments> cells() {
    return Arrays.stream(KeyState.values())
        .flatMap(state ->
            Arrays.stream(Event.values())
                .map(
                    event -> Arguments.of(state, event, WANTED[state.ordinal()][event.ordinal()])));
  }
}
