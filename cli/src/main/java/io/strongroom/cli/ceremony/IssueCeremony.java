package io.strongroom.cli.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.ceremony.CeremonyRecord;
import io.strongroom.custody.ceremony.CeremonyRecord.Turn;
import io.strongroom.custody.ceremony.FreshParts;
import io.strongroom.custody.ceremony.Scheme;
import io.strongroom.custody.secret.Secret;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A ceremony in which fresh components or shares of a key are handed to custodians, one after the
 * other. The key itself is never shown. For one thread.
 */
public final class IssueCeremony {

  private final TerminalDesk desk;
  private final Scheme scheme;
  private final Custodians custodians;
  private final Clock clock;
  private final FreshParts fresh;
  private final Secret text;
  private final List<Turn> turns = new ArrayList<>();

  /** A ceremony in this room, at this desk. */
  public IssueCeremony(
      Room room, TerminalDesk desk, Scheme scheme, Custodians custodians, Clock clock) {
    this.desk = desk;
    this.scheme = scheme;
    this.custodians = custodians;
    this.clock = clock;
    this.fresh = new FreshParts(scheme, room.checkValues(), room.memory());
    this.text = room.memory().secret(fresh.textSize());
  }

  /**
   * Holds it. Whatever it throws, nothing is left that a custodian has not written down.
   *
   * @return the check value of the whole key
   */
  public String hold(CeremonyRecord record) {
    record.scheme(scheme).put("kcv", fresh.keyCheckValue());
    try {
      for (int i = 0; i < fresh.parts().size(); i++) {
        turns.add(one(i));
      }
      desk.clear();
      return fresh.keyCheckValue();
    } finally {
      for (int i = 0; i < fresh.parts().size(); i++) {
        fresh.wipe(i);
      }
      text.wipe();
      record.custodians(turns);
    }
  }

  private Turn one(int index) {
    desk.clear();
    desk.say("Custodian %d of %d".formatted(index + 1, fresh.parts().size()), "");
    String name = custodians.next(desk);
    Instant started = clock.instant();
    desk.visible("%s, press Enter when nobody else sees the screen. ".formatted(name));
    for (int attempt = 1; ; attempt++) {
      show(index);
      try {
        fresh.requireTypedBack(
            index, desk.hidden("Type it back from your paper (nothing is shown): "));
        fresh.wipe(index);
        desk.visible("That is it. Seal your paper, press Enter, and step back. ");
        return new Turn(name, fresh.parts().get(index), started, clock.instant(), attempt);
      } catch (CustodyException.BadInput e) {
        giveUp(name, attempt, e);
      } finally {
        desk.forget();
      }
    }
  }

  private void show(int index) {
    desk.clear();
    desk.say("Your %s is:".formatted(scheme.partName()), "");
    fresh.write(index, text);
    desk.show(text);
    text.wipe();
    desk.say("", "Its check value is %s.".formatted(fresh.parts().get(index).checkValue()), "");
    desk.visible("Write both down, then press Enter; the screen is cleared. ");
    desk.clear();
  }

  private void giveUp(String name, int attempt, CustodyException.BadInput e) {
    if (attempt == EntryTurns.TRIES) {
      throw new CustodyException.BadInput(
          e.reason(),
          "%s did not type back the %s that was shown; the ceremony is over, and what others wrote down is worth nothing"
              .formatted(name, scheme.partName()),
          e);
    }
    desk.say("", "Not accepted: %s.".formatted(e.getMessage()));
    desk.visible(
        "Press Enter to see it again (tries left: %d). ".formatted(EntryTurns.TRIES - attempt));
  }
}
