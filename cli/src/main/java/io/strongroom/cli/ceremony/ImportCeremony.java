package io.strongroom.cli.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.ceremony.Assembly;
import io.strongroom.custody.ceremony.CeremonyRecord;
import io.strongroom.custody.ceremony.Scheme;
import io.strongroom.custody.secret.Secret;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * A ceremony in which custodians put a key together, which is then wrapped at once. For one thread.
 */
public final class ImportCeremony {

  private static final int KEY_BYTES = 32;

  private final Room room;
  private final Desk desk;
  private final Scheme scheme;
  private final EntryTurns turns;
  private final Assembly assembly;
  private final Secret key;

  /** A ceremony in this room, at this desk. */
  public ImportCeremony(Room room, Desk desk, Scheme scheme, Custodians custodians, Clock clock) {
    this.room = room;
    this.desk = desk;
    this.scheme = scheme;
    this.assembly = new Assembly(scheme, room.checkValues(), room.memory());
    this.turns = new EntryTurns(desk, scheme, assembly, custodians, clock);
    this.key = room.memory().secret(KEY_BYTES);
  }

  /**
   * Holds it. Whatever it throws, no component and no key is left; the record has what there was of
   * it until then.
   *
   * @param expected the key's check value, which must be that; null to have those present confirm
   *     it
   * @return the key's check value
   */
  public String hold(Destination destination, @Nullable String expected, CeremonyRecord record) {
    record.scheme(scheme);
    try {
      turns.all();
      assembly.combine(key);
      String checkValue = room.checkValues().of(key);
      record.put("kcv", checkValue);
      require(checkValue, expected);
      destination.deliver(room.wrapping(), key, checkValue, record);
      return checkValue;
    } finally {
      key.wipe();
      record.custodians(turns.turns());
    }
  }

  private void require(String checkValue, @Nullable String expected) {
    if (expected == null) {
      confirm(checkValue);
    } else if (!expected.equalsIgnoreCase(checkValue)) {
      throw new CustodyException.BadInput(
          Reason.CHECK_VALUE,
          "the key has the check value %s, not %s as expected, so a part is not the right one; nothing was wrapped"
              .formatted(checkValue, expected));
    }
  }

  private void confirm(String checkValue) {
    desk.say("The key has the check value %s.".formatted(checkValue));
    String answer = desk.visible("Is that what your papers say? Type yes: ");
    if (!answer.equalsIgnoreCase("yes")) {
      throw new CustodyException.Refused(
          Reason.ABANDONED,
          "the check value %s was not confirmed; nothing was wrapped".formatted(checkValue));
    }
  }
}
