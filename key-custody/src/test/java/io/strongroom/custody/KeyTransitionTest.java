package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.KeyState.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every state and every event, with keys in a real token, through the interface that users have.
 */
class KeyTransitionTest extends TokenTest {

  private static final byte[] MATERIAL = Materials.bytes(32, 51);

  @ParameterizedTest
  @MethodSource("cells")
  void event_inEveryState_doesWhatTheTableSaysOrIsRefusedWithTheWayOut(KeyState from, Event event) {
    KeyOrigin origin = origin(from, event);
    String key = id(keyIn(from, event, origin));
    assertThat(keys.describe(key).state()).isEqualTo(from);

    Throwable refusal = catchThrowable(() -> happen(event, key));

    Optional<KeyState> wanted = from.after(event);
    assertThat(keys.describe(key).state()).isEqualTo(wanted.orElse(from));
    if (wanted.isPresent()) {
      assertThat(refusal).isNull();
    } else {
      requireExplained(refusal, from, event, origin);
    }
  }

  static Stream<Arguments> cells() {
    return Arrays.stream(KeyState.values())
        .flatMap(state -> Arrays.stream(Event.values()).map(event -> Arguments.of(state, event)));
  }

  /** Most keys are from the HSM, as they are made faster. */
  private static KeyOrigin origin(KeyState from, Event event) {
    return from == KeyState.PENDING_IMPORT || !event.concerns(KeyOrigin.HSM)
        ? KeyOrigin.EXTERNAL
        : KeyOrigin.HSM;
  }

  private CmkDescription keyIn(KeyState state, Event next, KeyOrigin origin) {
    if (state == KeyState.PENDING_IMPORT) {
      return keys.createKey(KeyRequest.external());
    }
    if (state == KeyState.PENDING_DELETION && next == Event.CANCEL_DELETION_WITHOUT_MATERIAL) {
      CmkDescription empty = keys.createKey(KeyRequest.external());
      return keys.scheduleDeletion(id(empty), Duration.ofDays(7));
    }
    CmkDescription enabled = keys.createKey(KeyRequest.of(origin));
    if (origin == KeyOrigin.EXTERNAL) {
      test.importInto(enabled, MATERIAL);
    }
    return switch (state) {
      case DISABLED -> keys.disable(id(enabled));
      case PENDING_DELETION -> keys.scheduleDeletion(id(enabled), Duration.ofDays(7));
      case UNAVAILABLE -> {
        hsm.destroy(hsm.key("cmk/" + enabled.keyId() + "/v1").id());
        yield enabled;
      }
      case ENABLED, PENDING_IMPORT -> enabled;
    };
  }

  private void happen(Event event, String key) {
    switch (event) {
      case IMPORT -> test.importInto(keys.describe(key), MATERIAL);
      case ENABLE -> keys.enable(key);
      case DISABLE -> keys.disable(key);
      case LOSE_MATERIAL -> keys.deleteMaterial(key);
      case SCHEDULE_DELETION -> keys.scheduleDeletion(key, Duration.ofDays(30));
      case CANCEL_DELETION, CANCEL_DELETION_WITHOUT_MATERIAL -> keys.cancelDeletion(key);
      case ROTATE -> keys.rotateKey(key);
      case USE -> keys.encrypt(key, new byte[1], Map.of());
    }
  }

  private static void requireExplained(
      Throwable refusal, KeyState from, Event event, KeyOrigin origin) {
    if (from == KeyState.UNAVAILABLE && event == Event.USE) {
      assertThat(refusal)
          .isInstanceOfSatisfying(
              CustodyException.Unavailable.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.KEY_MISSING));
    } else if (!event.concerns(origin)) {
      assertThat(refusal)
          .isInstanceOfSatisfying(
              CustodyException.Refused.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.KEY_ORIGIN));
    } else {
      // Unavailable is seen and not stored: where the HSM is not asked, the key is Enabled.
      KeyState named =
          from == KeyState.UNAVAILABLE && event != Event.ROTATE ? KeyState.ENABLED : from;
      List<String> wayOut = new ArrayList<>(List.of("is " + named));
      named.transitions().stream()
          .filter(transition -> transition.event().concerns(origin))
          .forEach(transition -> wayOut.add(transition.toString()));
      named.wayTo(event, origin).forEach(first -> wayOut.add(first.toString()));
      assertThat(refusal)
          .isInstanceOfSatisfying(
              CustodyException.Refused.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
      assertThat(refusal.getMessage()).contains(wayOut);
    }
  }
}
