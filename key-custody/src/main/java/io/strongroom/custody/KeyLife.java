package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes CMKs and leads them from state to state. */
final class KeyLife {

  private final Parts parts;
  private final Removal removal;

  KeyLife(Parts parts, Removal removal) {
    this.parts = parts;
    this.removal = removal;
  }

  CmkDescription describe(Call call, String reference) {
    CmkRow row = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    return described(call, row.id());
  }

  List<CmkDescription> list() {
    List<CmkRow> rows = parts.database().read(CmkRows::all);
    return rows.stream().map(row -> described(row.id(), nodes(row))).toList();
  }

  CmkDescription enable(Call call, String reference) {
    return change(call, reference, KeyState.Event.ENABLE, null);
  }

  CmkDescription disable(Call call, String reference) {
    return change(call, reference, KeyState.Event.DISABLE, null);
  }

  CmkDescription scheduleDeletion(Call call, String reference, Duration delay) {
    call.detail("delay", delay);
    if (delay.compareTo(KeyService.MIN_DELETION_DELAY) < 0
        || delay.compareTo(KeyService.MAX_DELETION_DELAY) > 0) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "a deletion is scheduled %d to %d days ahead, not %s"
              .formatted(
                  KeyService.MIN_DELETION_DELAY.toDays(),
                  KeyService.MAX_DELETION_DELAY.toDays(),
                  delay));
    }
    long when = parts.clock().millis() + delay.toMillis();
    return change(call, reference, KeyState.Event.SCHEDULE_DELETION, when);
  }

  CmkDescription cancelDeletion(Call call, String reference) {
    CmkRow row = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    KeyState.Event event =
        current(row).map(VersionRow::hsmKeyId).isPresent()
            ? KeyState.Event.CANCEL_DELETION
            : KeyState.Event.CANCEL_DELETION_WITHOUT_MATERIAL;
    return change(call, row.id(), event, null);
  }

  CmkDescription deleteMaterial(Call call, String reference) {
    CmkRow row = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    if (KeyOrigin.valueOf(row.origin()) != KeyOrigin.EXTERNAL) {
      throw new CustodyException.Refused(
          Reason.KEY_ORIGIN,
          "key %s has its material from the HSM, and nobody could bring it back; schedule the key's deletion instead"
              .formatted(row.id()));
    }
    removal.deleteMaterial(call, row.id());
    return described(row.id(), List.of());
  }

  private CmkDescription change(
      Call call, String reference, KeyState.Event event, @Nullable Long deleteAfterMs) {
    CmkRow seen = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    List<String> nodes = nodes(seen);
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              CmkRow row = Lookup.byId(handle, call, seen.id());
              KeyState next = Lookup.after(row, event, event.name().toLowerCase(Locale.ROOT));
              CmkRows.setState(handle, row.id(), next.name(), deleteAfterMs);
              return Descriptions.of(handle, Lookup.byId(handle, call, row.id()), nodes);
            });
  }

  private CmkDescription described(Call call, String id) {
    CmkRow row = parts.database().read(handle -> Lookup.byId(handle, call, id));
    List<String> nodes = nodes(row);
    call.nodes(nodes);
    return described(id, nodes);
  }

  private CmkDescription described(String id, List<String> nodes) {
    return parts
        .database()
        .read(handle -> {
          CmkRow row = CmkRows.find(handle, id).orElseThrow(() -> Lookup.noSuchKey(id));
          return Descriptions.of(handle, row, nodes);
        });
  }

  private List<String> nodes(CmkRow row) {
    return Descriptions.nodes(parts.hsm(), current(row));
  }

  private Optional<VersionRow> current(CmkRow row) {
    return parts
        .database()
        .read(handle -> VersionRows.find(handle, row.id(), row.currentVersion()));
  }
}
