package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.chain.Background;
import io.strongroom.custody.store.BirthRows;
import io.strongroom.custody.store.CensusRows;
import io.strongroom.custody.store.Database;
import io.strongroom.custody.store.IntentRow;
import io.strongroom.custody.store.IntentRow.Kind;
import io.strongroom.custody.store.IntentRows;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps store and HSM in step over crashes. Before a key is made in the HSM its id is written down
 * as a birth, and the transaction that makes the key somebody's strikes it out again; a key that is
 * to go is written down as doomed in the transaction that lets go of it. So at every instant each
 * key of ours in the HSM is either somebody's or written down here, and {@link #repair} destroys
 * what a crash left behind.
 */
final class Intents implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Intents.class);
  static final Duration LEASE = Duration.ofMinutes(10);

  private final Hsm hsm;
  private final Database database;
  private final Clock clock;
  private final Owner owner;
  private final Disposal disposal;

  /**
   * @param background destroys keys beside their callers
   */
  Intents(Hsm hsm, Database database, Clock clock, Owner owner, Background background) {
    this.hsm = hsm;
    this.database = database;
    this.clock = clock;
    this.owner = owner;
    this.disposal = new Disposal(this::settle, background);
  }

  /**
   * Makes a key: {@code work} gets its id, makes it in the HSM and {@linkplain #finish finishes} it
   * in a transaction. If it does not get that far, the key is destroyed.
   */
  <T> T birth(String label, Function<KeyId, T> work) {
    KeyId id = open(label);
    try {
      return work.apply(id);
    } catch (RuntimeException e) {
      abandon(id, label);
      throw e;
    }
  }

  /** Strikes a birth out, in the transaction that makes the key somebody's. */
  void finish(Handle handle, KeyId id) {
    if (!IntentRows.delete(handle, id.toString(), Kind.BIRTH)) {
      throw new CustodyException.Refused(
          Reason.UNDER_WAY,
          "this took longer than %d minutes and was undone by another process; try again"
              .formatted(LEASE.toMinutes()));
    }
  }

  /** Writes a key down that is to go, in the transaction that lets go of it. */
  void doom(Handle handle, String hsmKeyId, String label) {
    IntentRows.insert(handle, row(hsmKeyId, label, Kind.DOOMED));
  }

  /** Destroys a doomed key. Where that cannot be done now it is left to the next repair. */
  void settle(String hsmKeyId) {
    try {
      destroy(KeyId.parse(hsmKeyId));
      database.write(handle -> IntentRows.delete(handle, hsmKeyId, Kind.DOOMED));
    } catch (HsmException | JdbiException e) {
      LOG.warn("event=doomed_key_left key={} reason=\"{}\"", hsmKeyId, e.getMessage());
    }
  }

  /** The same beside the caller, who does not wait for it. */
  void settleSoon(List<String> hsmKeyIds) {
    disposal.soon(hsmKeyIds);
  }

  /** Finishes what is being destroyed beside its callers, as far as that can be done now. */
  @Override
  public void close() {
    disposal.close();
  }

  /** Destroys what processes that are gone have left behind. */
  void repair() {
    List<IntentRow> rows = database.read(IntentRows::all);
    rows.stream().filter(this::isLeftBehind).forEach(this::settleLeftBehind);
  }

  /**
   * Dooms, in a transaction, a key that a process that is gone has left; empty if there is no such
   * intent any more.
   *
   * @return the key's id, to be settled after the transaction
   */
  Optional<List<String>> doomLeftBehind(Handle handle, String hsmKeyId) {
    return IntentRows.all(handle).stream()
        .filter(row -> row.hsmKeyId().equals(hsmKeyId) && isLeftBehind(row))
        .findFirst()
        .map(row -> {
          IntentRows.doom(handle, hsmKeyId);
          return List.of(hsmKeyId);
        });
  }

  private KeyId open(String label) {
    database
        .read(handle -> IntentRows.find(handle, label))
        .filter(this::isLeftBehind)
        .ifPresent(this::settleLeftBehind);
    KeyId id = KeyId.of(hsm.random(KeyId.BYTES));
    database.write(handle -> {
      if (IntentRows.find(handle, label).isPresent()) {
        throw new CustodyException.Refused(
            Reason.UNDER_WAY,
            "another call is at work on %s; try again in a moment".formatted(label));
      }
      IntentRow birth = row(id.toString(), label, Kind.BIRTH);
      IntentRows.insert(handle, birth);
      BirthRows.insert(handle, birth.hsmKeyId(), label, birth.sinceMs());
      return id;
    });
    return id;
  }

  private void destroy(KeyId id) {
    try {
      hsm.destroy(id);
    } catch (HsmException.KeyNotFound gone) {
      LOG.debug("event=doomed_key_gone key={}", id);
    }
  }

  private void abandon(KeyId id, String label) {
    try {
      if (database.write(handle -> doomNobodys(handle, id.toString(), label))) {
        settle(id.toString());
      }
    } catch (RuntimeException e) {
      LOG.warn("event=interrupted_key_left key={} reason=\"{}\"", id, e.getMessage());
    }
  }

  // Whoever thought that we were gone has struck the birth out, and may have done so before the key
  // was made; where our transaction went through, and only its answer was lost, it is somebody's.
  private boolean doomNobodys(Handle handle, String hsmKeyId, String label) {
    if (IntentRows.doom(handle, hsmKeyId)) {
      return true;
    }
    if (CensusRows.isAccountedFor(handle, hsmKeyId)) {
      return false;
    }
    doom(handle, hsmKeyId, label);
    return true;
  }

  private void settleLeftBehind(IntentRow row) {
    LOG.info(
        "event=interrupted_key_destroyed key={} label={} kind={}",
        row.hsmKeyId(),
        row.label(),
        row.kind());
    // Dooming first makes the owner's finish fail, should it be alive after all.
    if (row.kind() == Kind.DOOMED
        || database.write(handle -> IntentRows.doom(handle, row.hsmKeyId()))) {
      settle(row.hsmKeyId());
    }
  }

  /** Whether nobody will finish it: it is doomed, or its owner is gone or too slow. */
  boolean isLeftBehind(IntentRow row) {
    if (row.kind() == Kind.DOOMED) {
      return !disposal.isUnderWay(row.hsmKeyId());
    }
    return owner.knowsGone(row.owner()) || clock.millis() - row.sinceMs() > LEASE.toMillis();
  }

  private IntentRow row(String hsmKeyId, String label, Kind kind) {
    return new IntentRow(hsmKeyId, label, kind, owner.toString(), clock.millis());
  }
}
