package io.strongroom.custody;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
   * It is {@link #ENABLED}, but the HSM answers that no token has its current version. Never
   * stored: it is seen when the key is looked at, and gone as soon as a token has the key again.
   */
  UNAVAILABLE("Unavailable");

  /** What can happen to a key. */
  enum Event {
    IMPORT("import", KeyOrigin.EXTERNAL),
    ENABLE("enable", null),
    DISABLE("disable", null),
    /** Its material is deleted, or expires. */
    LOSE_MATERIAL("delete-material", KeyOrigin.EXTERNAL),
    SCHEDULE_DELETION("schedule-deletion", null),
    CANCEL_DELETION("cancel-deletion", null),
    /** As {@link #CANCEL_DELETION}, of a key that has no material. */
    CANCEL_DELETION_WITHOUT_MATERIAL("cancel-deletion (without material)", KeyOrigin.EXTERNAL),
    /** It gets a new version, on demand or on schedule. */
    ROTATE("rotate", KeyOrigin.HSM),
    /** It encrypts, decrypts, signs. */
    USE("use", null);

    private final String text;
    private final @Nullable KeyOrigin only;

    Event(String text, @Nullable KeyOrigin only) {
      this.text = text;
      this.only = only;
    }

    /** Whether it can happen to a key of this origin at all. */
    boolean concerns(KeyOrigin origin) {
      return only == null || only == origin;
    }

    /** Whether it may be advised: it takes nothing away. */
    private boolean harmless() {
      return this != LOSE_MATERIAL && this != SCHEDULE_DELETION && this != DISABLE;
    }

    /** The word for it: that of the command, where there is one. */
    @Override
    public String toString() {
      return text;
    }
  }

  /** What an event makes of a state. */
  record Transition(KeyState from, Event event, KeyState to) {

    /** {@code enable (then Enabled)}, or only the event where the state stays. */
    @Override
    public String toString() {
      return from == to ? event.toString() : event + " (then " + to + ")";
    }
  }

  private static final Transition[] TABLE = {
    new Transition(PENDING_IMPORT, Event.IMPORT, ENABLED),
    new Transition(PENDING_IMPORT, Event.SCHEDULE_DELETION, PENDING_DELETION),
    new Transition(ENABLED, Event.ENABLE, ENABLED),
    new Transition(ENABLED, Event.DISABLE, DISABLED),
    new Transition(ENABLED, Event.LOSE_MATERIAL, PENDING_IMPORT),
    new Transition(ENABLED, Event.SCHEDULE_DELETION, PENDING_DELETION),
    new Transition(ENABLED, Event.ROTATE, ENABLED),
    new Transition(ENABLED, Event.USE, ENABLED),
    new Transition(DISABLED, Event.ENABLE, ENABLED),
    new Transition(DISABLED, Event.DISABLE, DISABLED),
    new Transition(DISABLED, Event.LOSE_MATERIAL, PENDING_IMPORT),
    new Transition(DISABLED, Event.SCHEDULE_DELETION, PENDING_DELETION),
    new Transition(PENDING_DELETION, Event.LOSE_MATERIAL, PENDING_DELETION),
    new Transition(PENDING_DELETION, Event.CANCEL_DELETION, DISABLED),
    new Transition(PENDING_DELETION, Event.CANCEL_DELETION_WITHOUT_MATERIAL, PENDING_IMPORT),
    new Transition(UNAVAILABLE, Event.ENABLE, UNAVAILABLE),
    new Transition(UNAVAILABLE, Event.DISABLE, DISABLED),
    new Transition(UNAVAILABLE, Event.LOSE_MATERIAL, PENDING_IMPORT),
    new Transition(UNAVAILABLE, Event.SCHEDULE_DELETION, PENDING_DELETION),
  };

  private final String text;

  KeyState(String text) {
    this.text = text;
  }

  /** The state after an event; empty where the event is not allowed. */
  Optional<KeyState> after(Event event) {
    // A loop: every use of a key asks this.
    for (Transition row : TABLE) {
      if (row.from == this && row.event == event) {
        return Optional.of(row.to);
      }
    }
    return Optional.empty();
  }

  /** All that can happen in this state. */
  List<Transition> transitions() {
    return Arrays.stream(TABLE).filter(row -> row.from == this).toList();
  }

  /**
   * What has to happen to a key of this origin, in this order, before an event is allowed: the
   * shortest way that takes nothing away. Empty where there is none, or nothing has to.
   */
  List<Event> wayTo(Event event, KeyOrigin origin) {
    record Step(KeyState at, List<Event> way) {}

    Set<KeyState> seen = EnumSet.of(this);
    ArrayDeque<Step> open = new ArrayDeque<>(List.of(new Step(this, List.of())));
    while (!open.isEmpty()) {
      Step step = open.remove();
      if (step.at.after(event).isPresent()) {
        return step.way;
      }
      for (Transition next : step.at.transitions()) {
        if (next.event.harmless() && next.event.concerns(origin) && seen.add(next.to)) {
          List<Event> way = new ArrayList<>(step.way);
          way.add(next.event);
          open.add(new Step(next.to, List.copyOf(way)));
        }
      }
    }
    return List.of();
  }

  /** The name that users see: {@code PendingImport}. */
  @Override
  public String toString() {
    return text;
  }
}
