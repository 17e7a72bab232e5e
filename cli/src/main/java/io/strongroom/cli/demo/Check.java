package io.strongroom.cli.demo;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What must hold for a step to have come out right. */
final class Check {
  private Check() {}

  static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  static void same(byte[] wanted, byte[] got) {
    that(Arrays.equals(wanted, got), "decryption gave other bytes than were encrypted");
  }

  static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a node does not say what token it has");
    }
    return value;
  }
}
