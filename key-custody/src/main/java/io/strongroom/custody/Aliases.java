package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.CmkRow;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Creates, moves and deletes aliases. */
final class Aliases {

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
              return description(row);
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
              requireSameSpec(handle, call, from, to);
              call.key(to.id()).detail("from", now.cmkId());
              return move(handle, alias, from, to.id());
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
    return parts.database().read(AliasRows::all).stream().map(Aliases::description).toList();
  }

  /** Moves an alias by compare-and-set, in a transaction. */
  AliasDescription move(Handle handle, String alias, String from, String to) {
    AliasRow row = new AliasRow(alias, to, parts.clock().millis());
    if (!AliasRows.move(handle, from, row)) {
      throw new CustodyException.Refused(
          Reason.ALIAS_MOVED,
          "%s does not point at %s any more; look where it points and try again"
              .formatted(alias, from));
    }
    return description(row);
  }

  /** An alias may only move to a key that can do what the one before could. */
  static void requireSameSpec(Handle handle, Call call, String fromId, CmkRow to) {
    CmkRow from = Lookup.byId(handle, call, fromId);
    if (!from.spec().equals(to.spec())) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "key %s is %s, and the alias points at %s; give it a key of the same spec"
              .formatted(to.id(), to.spec(), from.spec()));
    }
  }

  static CustodyException exists(String alias) {
    return new CustodyException.Refused(
        Reason.ALIAS_EXISTS,
        "%s exists already; choose another name, or move it with update or rotate"
            .formatted(alias));
  }

  private static AliasDescription description(AliasRow row) {
    return new AliasDescription(
        row.name(), UUID.fromString(row.cmkId()), Instant.ofEpochMilli(row.updatedMs()));
  }
}
