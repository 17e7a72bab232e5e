package io.strongroom.cluster;

import java.util.Locale;

/** The calls that make and destroy keys. */
enum Management {
  CREATE,
  UNWRAP,
  DERIVE,
  DESTROY;

  /** As meters and traces name it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
