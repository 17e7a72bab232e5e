package io.strongroom.cluster.observe;

import io.micrometer.core.instrument.Tags;
import io.strongroom.cluster.wire.v1.Operation.KindCase;
import java.util.Locale;

/** What meters and traces call the operations of the stream. */
public final class Kinds {

  private Kinds() {}

  /** {@code encrypt}, {@code check_value}, {@code random}; {@code unknown} for none. */
  public static String name(KindCase kind) {
    return switch (kind) {
      case RANDOM_BYTES -> "random";
      case KIND_NOT_SET -> "unknown";
      case ENCRYPT, DECRYPT, SIGN, VERIFY, MAC, WRAP, CHECK_VALUE, EXPORT_ATTEMPTS, PROBE ->
          kind.name().toLowerCase(Locale.ROOT);
    };
  }

  /** Timers for them. */
  public static OperationTimers.Description timers(String name, String text, Tags tags) {
    return OperationTimers.Description.of(name, text, tags, KindCase.values(), Kinds::name);
  }
}
