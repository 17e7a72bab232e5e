package io.strongroom.integration.history;

import java.util.Set;

/** What a client was told. */
sealed interface Outcome {

  /**
   * It was done.
   *
   * @param sealedAt for keys that were made: the nodes that had the seal on their disk right then
   */
  record Done(Set<String> sealedAt) implements Outcome {}

  /** It was not done, and nothing is left of it. */
  record Refused(String reason) implements Outcome {}

  /** There is no such key. */
  record NotFound(String reason) implements Outcome {}

  /** It may have been done or not. */
  record Unknown(String reason) implements Outcome {}

  /** An answer came, and it was not the right one. */
  record Wrong(String what) implements Outcome {}
}
