package io.strongroom.cli.demo;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What one step leaves for the next. For one thread. */
final class Holder<T> {
  private @Nullable T value;

  /** Keeps a value, and tells about it. */
  String put(T made, Function<T, String> telling) {
    value = made;
    return telling.apply(made);
  }

  T get() {
    if (value == null) {
      throw new IllegalStateException("an earlier step left nothing");
    }
    return value;
  }

  /** Whether anything was left. */
  boolean filled() {
    return value != null;
  }
}
