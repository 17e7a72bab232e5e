package io.strongroom.custody;

import java.util.Arrays;
import java.util.Optional;

/** Where a CMK is in its life. What leads from one state to another is one table below. */
public enum KeyState {
  /** It has no material yet, or no more. */
  PENDING_IMPORT("PendingImport"),
  /** It can be used. */
  ENABLED("Enabled"),
  /** It is kept, and not used. */
  DISABLED("Disabled"),
  /** It will be destroyed on a set day, until when that can be called off. */
  PENDING_DELETION("PendingDeletion"),
  /**
   * The store knows it, the HSM does not have it or does not answer; never stored, but seen when
   * looked at.
   */
  UNAVAILABLE("Unavailable");

  /** What can happen to a key. */
  enum Event {
    IMPORT,
    ENABLE,
    DISABLE,
    /** Its material is deleted, or expires. */
    LOSE_MATERIAL,
    SCHEDULE_DELETION,
    CANCEL_DELETION,
    /** As {@link #CANCEL_DELETION}, of a key that has no material. */
    CANCEL_DELETION_WITHOUT_MATERIAL
  }

  private record Row(KeyState from, Event event, KeyState to) {}

  private static final Row[] TABLE = {
    new Row(PENDING_IMPORT, Event.IMPORT, ENABLED),
    new Row(PENDING_IMPORT, Event.SCHEDULE_DELETION, PENDING_DELETION),
    new Row(ENABLED, Event.ENABLE, ENABLED),
    new Row(ENABLED, Event.DISABLE, DISABLED),
    new Row(ENABLED, Event.LOSE_MATERIAL, PENDING_IMPORT),
    new Row(ENABLED, Event.SCHEDULE_DELETION, PENDING_DELETION),
    new Row(DISABLED, Event.ENABLE, ENABLED),
    new Row(DISABLED, Event.DISABLE, DISABLED),
    new Row(DISABLED, Event.LOSE_MATERIAL, PENDING_IMPORT),
    new Row(DISABLED, Event.SCHEDULE_DELETION, PENDING_DELETION),
    new Row(PENDING_DELETION, Event.LOSE_MATERIAL, PENDING_DELETION),
    new Row(PENDING_DELETION, Event.CANCEL_DELETION, DISABLED),
    new Row(PENDING_DELETION, Event.CANCEL_DELETION_WITHOUT_MATERIAL, PENDING_IMPORT),
  };

  private final String text;

  KeyState(String text) {
    this.text = text;
  }

  /** The state after an event; empty where the event is not allowed. */
  Optional<KeyState> after(Event event) {
    return Arrays.stream(TABLE)
        .filter(row -> row.from == this && row.event == event)
        .map(Row::to)
        .findFirst();
  }

  /** The name that users see: {@code PendingImport}. */
  @Override
  public String toString() {
    return text;
  }
}
