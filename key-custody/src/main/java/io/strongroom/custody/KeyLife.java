package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.hsm.HsmException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Describes CMKs and leads them from state to state. */
final class KeyLife {

  private static final Logger LOG = LoggerFactory.getLogger(KeyLife.class);

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

  /** A key that was changed; where it is, as far as the HSM answers. */
  CmkDescription describedIfAnswered(String id) {
    CmkRow row =
        parts
            .database()
            .read(
                handle -> CmkRows.find(handle, id).orElseThrow(() -> Lookup.noSuchKey(handle, id)));
    return described(id, nodesIfAnswered(row));
  }

  CmkDescription enable(Call call, String reference) {
    return change(call, reference, _ -> KeyState.Event.ENABLE, null);
  }

  CmkDescription disable(Call call, String reference) {
    return change(call, reference, _ -> KeyState.Event.DISABLE, null);
  }

  CmkDescription scheduleDeletion(Call call, String reference, Duration delay) {
    call.detail("delay", delay);
    if (delay.compareTo(KeyService.MIN_DELETION_DELAY) < 0
        || delay.compareTo(KeyService.MAX_DELETION_DELAY) > 0) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "a deletion is scheduled %d to %d days ahead, not %d"
              .formatted(
                  KeyService.MIN_DELETION_DELAY.toDays(),
                  KeyService.MAX_DELETION_DELAY.toDays(),
                  delay.toDays()));
    }
    long when = parts.clock().millis() + delay.toMillis();
    return change(call, reference, _ -> KeyState.Event.SCHEDULE_DELETION, when);
  }

  CmkDescription cancelDeletion(Call call, String reference) {
    return change(
        call,
        reference,
        current ->
            current.map(VersionRow::hsmKeyId).isPresent()
                ? KeyState.Event.CANCEL_DELETION
                : KeyState.Event.CANCEL_DELETION_WITHOUT_MATERIAL,
        null);
  }

  CmkDescription deleteMaterial(Call call, String reference) {
    CmkRow row = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    if (Lookup.origin(row) != KeyOrigin.EXTERNAL) {
      throw new CustodyException.Refused(
          Reason.KEY_ORIGIN,
          "key %s has its material from the HSM, and nobody could bring it back; schedule the key's deletion instead"
              .formatted(row.id()));
    }
    removal.deleteMaterial(call, row.id());
    return described(row.id(), List.of());
  }

  /** The event is chosen inside the transaction: material may expire at any time before. */
  private CmkDescription change(
      Call call,
      String reference,
      Function<Optional<VersionRow>, KeyState.Event> choice,
      @Nullable Long deleteAfterMs) {
    CmkRow seen = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    List<String> nodes = nodesIfAnswered(seen);
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              CmkRow row = Lookup.byId(handle, call, seen.id());
              KeyState.Event event =
                  choice.apply(VersionRows.find(handle, row.id(), row.currentVersion()));
              KeyState next = Lookup.after(row, event, event.toString());
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

  private CmkDescription described(String id, @Nullable List<String> nodes) {
    return parts
        .database()
        .read(handle ->
            CmkRows.find(handle, id)
                .map(row -> Descriptions.of(handle, row, nodes))
                .orElseThrow(() -> Lookup.noSuchKey(handle, id)));
  }

  /** A state is the store's alone: a key can be disabled while its HSM is away. */
  private @Nullable List<String> nodesIfAnswered(CmkRow row) {
    try {
      return nodes(row);
    } catch (HsmException e) {
      LOG.info("event=key_nodes_unknown key={} reason=\"{}\"", row.id(), e.text());
      return null;
    }
  }

  private List<String> nodes(CmkRow row) {
    return parts
        .database()
        .read(handle -> VersionRows.find(handle, row.id(), row.currentVersion()))
        .map(VersionRow::hsmKeyId)
        .map(id -> Places.of(parts.hsm(), id))
        .orElse(List.of());
  }
}
