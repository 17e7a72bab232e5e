package io.strongroom.custody;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One move of an alias from a key to another. Immutable.
 *
 * @param alias the alias
 * @param from the CMK that it left
 * @param to the CMK that it went to
 * @param kind how it came to move
 * @param time when
 * @param principal who moved it
 * @param previousUsableUntil until when the key that it left stays usable; null for ever
 * @param previousRetired when that key was disabled because that time was over; null if it was not
 */
public record AliasMove(
    String alias,
    UUID from,
    UUID to,
    Kind kind,
    Instant time,
    String principal,
    @Nullable Instant previousUsableUntil,
    @Nullable Instant previousRetired) {

  /** How an alias comes to move. */
  public enum Kind {
    /** By {@link KeyService#rotateAlias(String, RotationRequest)}, to a key that was tried out. */
    ROTATE,
    /** By {@link KeyService#updateAlias}. */
    UPDATE,
    /** Back to where it pointed before. */
    UNDO
  }
}
