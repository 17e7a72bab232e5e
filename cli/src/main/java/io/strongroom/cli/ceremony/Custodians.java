package io.strongroom.cli.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.util.ArrayList;
import java.util.List;

/** The custodians' names: known before, or asked for when their turn comes. For one thread. */
public final class Custodians {

  private static final int MAX_NAME = TerminalDesk.MAX_TEXT;
  private static final String LOOKS_SECRET = "[0-9A-Fa-f :-]{24,}";

  private final List<String> given;
  private final List<String> used = new ArrayList<>();

  /**
   * Custodians with these names, or with none that are known yet.
   *
   * @throws CustodyException.BadInput if a name will not do or is there twice
   */
  public Custodians(List<String> given) {
    this.given = List.copyOf(given);
    given.forEach(this::use);
    used.clear();
  }

  /** The name of the one whose turn it is. */
  String next(Desk desk) {
    if (!given.isEmpty()) {
      String name = given.get(used.size());
      use(name);
      return name;
    }
    while (true) {
      try {
        String name = desk.visible("Your name: ");
        use(name);
        return name;
      } catch (CustodyException.BadInput e) {
        desk.say("Not accepted: " + e.getMessage());
      }
    }
  }

  /** Those who have had their turn. */
  public List<String> used() {
    return List.copyOf(used);
  }

  private void use(String name) {
    used.add(required(name));
    boolean twice =
        used.subList(0, used.size() - 1).stream().anyMatch(other -> other.equalsIgnoreCase(name));
    if (twice) {
      used.removeLast();
      throw rejected("%s has had a turn already; each custodian has one".formatted(name));
    }
  }

  /**
   * A person's name that can be written down.
   *
   * @throws CustodyException.BadInput if it is empty, too long, or may be a secret
   */
  public static String required(String name) {
    if (name.isBlank()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(Character::isISOControl)
        || name.matches(LOOKS_SECRET)) {
      throw rejected(
          "a name has 1 to %d characters, no control characters, and is not mere digits"
              .formatted(MAX_NAME));
    }
    return name;
  }

  private static CustodyException rejected(String message) {
    return new CustodyException.BadInput(Reason.MALFORMED, message);
  }
}
