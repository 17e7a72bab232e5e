package io.strongroom.cli.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.ceremony.Assembly;
import io.strongroom.custody.ceremony.CeremonyRecord.Turn;
import io.strongroom.custody.ceremony.Part;
import io.strongroom.custody.ceremony.Scheme;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The custodians' turns, in which each enters his component or share. For one thread. */
public final class EntryTurns {

  static final int TRIES = 3;

  private final Desk desk;
  private final Scheme scheme;
  private final Assembly assembly;
  private final Custodians custodians;
  private final Clock clock;
  private final List<Turn> turns = new ArrayList<>();

  /** Turns at this desk. */
  public EntryTurns(
      Desk desk, Scheme scheme, Assembly assembly, Custodians custodians, Clock clock) {
    this.desk = desk;
    this.scheme = scheme;
    this.assembly = assembly;
    this.custodians = custodians;
    this.clock = clock;
  }

  /** The turns that are over. */
  public List<Turn> turns() {
    return List.copyOf(turns);
  }

  /**
   * Has every custodian enter his part.
   *
   * @throws CustodyException.Refused if one was wrong too often, or gave up
   */
  public void all() {
    while (turns.size() < scheme.custodians()) {
      turns.add(one());
    }
    desk.clear();
  }

  private Turn one() {
    desk.clear();
    desk.say("Custodian %d of %d".formatted(turns.size() + 1, scheme.custodians()), "");
    String name = custodians.next(desk);
    Instant started = clock.instant();
    if (desk.attended()) {
      desk.say("", "%s, nothing that you type next is shown.".formatted(name));
    }
    for (int attempt = 1; ; attempt++) {
      try {
        Part part = enter();
        return accepted(new Turn(name, part, started, clock.instant(), attempt));
      } catch (CustodyException.BadInput e) {
        assembly.withdraw();
        rejected(name, attempt, e);
      } finally {
        desk.forget();
      }
    }
  }

  private Part enter() {
    String checkValue =
        assembly.offer(
            desk.hidden(
                "Your %s, %d hexadecimal digits: "
                    .formatted(scheme.partName(), 2 * scheme.partBytes())));
    desk.forget();
    if (scheme instanceof Scheme.Components) {
      confirm(checkValue);
    }
    return assembly.accept();
  }

  private void confirm(String checkValue) {
    String question =
        desk.attended() ? "Its check value, or Enter to type the component again: " : "";
    String typed = desk.visible(question).replace(" ", "");
    if (typed.isEmpty() && desk.attended()) {
      assembly.requireSameAgain(desk.hidden("The component again: "));
    } else if (!typed.equalsIgnoreCase(checkValue)) {
      throw new CustodyException.BadInput(
          Reason.CHECK_VALUE,
          "the component that was entered has another check value than the one that was entered;"
              + " check both");
    }
  }

  private Turn accepted(Turn turn) {
    Part part = turn.part();
    String which =
        part.set() == null ? "" : " number %d of set %s".formatted(part.number(), part.set());
    desk.say(
        "",
        "Accepted: %s%s, check value %s. Thank you, %s."
            .formatted(scheme.partName(), which, part.checkValue(), turn.name()));
    if (desk.attended()) {
      desk.visible("Press Enter, and step back; the screen is cleared. ");
    }
    return turn;
  }

  private void rejected(String name, int attempt, CustodyException.BadInput e) {
    int left = desk.attended() ? TRIES - attempt : 0;
    if (left == 0) {
      throw new CustodyException.BadInput(
          e.reason(),
          "the %s of %s was not accepted (%s); the ceremony is over, and nothing is left of it"
              .formatted(scheme.partName(), name, e.getMessage()),
          e);
    }
    desk.say(
        "", "Not accepted: %s.".formatted(e.getMessage()), "Tries left: %d.".formatted(left), "");
  }
}
