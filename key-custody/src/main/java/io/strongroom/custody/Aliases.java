package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasMoveRow;
import io.strongroom.custody.store.AliasMoveRows;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.CmkRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Creates, moves and deletes aliases. */
final class Aliases {

  /**
   * A move that is to be made.
   *
   * @param usableUntilMs until when the key that the alias leaves stays usable; null for ever
   */
  record Move(
      String alias, String from, String to, AliasMove.Kind kind, @Nullable Long usableUntilMs) {

    private AliasMoveRow row(String principal, long nowMs) {
      return new AliasMoveRow(
          0, alias, from, to, kind.name(), principal, nowMs, usableUntilMs, null);
    }
  }

  private final Parts parts;

  Aliases(Parts parts) {
    this.parts = parts;
  }

  AliasDescription create(Call call, String alias, String reference) {
    Names.alias(alias);
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              CmkRow cmk = Lookup.cmk(handle, call, reference);
              call.alias(alias);
              AliasRow row = new AliasRow(alias, cmk.id(), parts.clock().millis());
              if (!AliasRows.insert(handle, row)) {
                throw exists(alias);
              }
              return description(handle, row);
            });
  }

  AliasDescription update(Call call, String alias, String reference, @Nullable String expected) {
    Names.alias(alias);
    String wanted = expected == null ? null : Names.keyId(expected).toString();
    call.detail("expected", wanted);
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              CmkRow to = Lookup.cmk(handle, call, reference);
              AliasRow now = Lookup.alias(handle, call, alias);
              String from = wanted == null ? now.cmkId() : wanted;
              requireSameKind(handle, call, from, to);
              call.key(to.id()).detail("from", now.cmkId());
              return move(
                  handle, call, new Move(alias, from, to.id(), AliasMove.Kind.UPDATE, null));
            });
  }

  void delete(Call call, String alias) {
    parts
        .ledger()
        .commit(
            call,
            handle -> {
              AliasRow row = Lookup.alias(handle, call, alias);
              call.key(row.cmkId());
              return AliasRows.delete(handle, alias);
            });
  }

  List<AliasDescription> list() {
    return parts
        .database()
        .read(
            handle -> AliasRows.all(handle).stream().map(row -> description(handle, row)).toList());
  }

  /** Moves an alias by compare-and-set, in a transaction, and keeps that in its history. */
  AliasDescription move(Handle handle, Call call, Move move) {
    long now = parts.clock().millis();
    AliasRow row = new AliasRow(move.alias(), move.to(), now);
    if (!AliasRows.move(handle, move.from(), row)) {
      throw new CustodyException.Refused(
          Reason.ALIAS_MOVED,
          "%s does not point at %s any more; look where it points and try again"
              .formatted(move.alias(), move.from()));
    }
    if (!move.from().equals(move.to())) {
      AliasMoveRows.append(handle, move.row(call.principal(), now));
    }
    return description(handle, row);
  }

  /** An alias may only move to a key that can do what the one before could. */
  static void requireSameKind(Handle handle, Call call, String fromId, CmkRow to) {
    CmkRow from = Lookup.byId(handle, call, fromId);
    if (!from.spec().equals(to.spec())) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "key %s is %s, and the alias points at %s; give it a key of the same spec"
              .formatted(to.id(), to.spec(), from.spec()));
    }
    if (!from.use().equals(to.use())) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "key %s is for %s, and the alias points at one for %s; give it a key for the same use"
              .formatted(to.id(), to.use(), from.use()));
    }
  }

  static CustodyException exists(String alias) {
    return new CustodyException.Refused(
        Reason.ALIAS_EXISTS,
        "%s exists already; choose another name, or move it with update or rotate"
            .formatted(alias));
  }

  /** An alias as it is described, its policy too. */
  static AliasDescription description(Handle handle, AliasRow row) {
    return new AliasDescription(
        row.name(),
        UUID.fromString(row.cmkId()),
        Instant.ofEpochMilli(row.updatedMs()),
        AliasMoveRows.policy(handle, row.name()).map(Duration::ofMillis).orElse(null));
  }
}
