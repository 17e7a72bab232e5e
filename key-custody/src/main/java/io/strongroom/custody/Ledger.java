package io.strongroom.custody;

import io.strongroom.custody.chain.AuditChain;
import io.strongroom.custody.chain.CheckpointSchedule;
import io.strongroom.custody.store.Appends;
import io.strongroom.custody.store.Database;
import io.strongroom.hsm.HsmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Sees to it that no answer leaves before its call is in the audit trail. */
final class Ledger {

  private final Database database;
  private final AuditChain chain;
  private final Appends records;
  private final CheckpointSchedule checkpoints;

  Ledger(Database database, AuditChain chain, CheckpointSchedule checkpoints) {
    this.database = database;
    this.chain = chain;
    this.records = database.appends(chain::link);
    this.checkpoints = checkpoints;
  }

  /** Does the work and records it, refused or not. */
  <T> T audited(Call call, Supplier<T> work) {
    T answer;
    try {
      answer = call.work().during(work);
      if (!call.recorded()) {
        record(call, Call.OK);
      }
    } catch (RuntimeException e) {
      throw refused(call, e);
    }
    return answer;
  }

  /** Makes a change and records the call in one transaction; the call has succeeded with it. */
  <T> T commit(Call call, Function<Handle, T> change) {
    return commitIfAny(call, handle -> Optional.of(change.apply(handle))).orElseThrow();
  }

  /**
   * As {@link #commit}, for a change that may find, in its transaction, that there is nothing left
   * to do: then nothing is recorded either.
   */
  <T> Optional<T> commitIfAny(Call call, Function<Handle, Optional<T>> change) {
    Optional<T> result =
        database.write(handle -> {
          Optional<T> made = change.apply(handle);
          if (made.isPresent()) {
            chain.append(handle, call.entry(Call.OK));
          }
          return made;
        });
    if (result.isPresent()) {
      call.markRecorded();
      checkpoints.recorded();
    }
    return result;
  }

  /** Writes the last checkpoint; nothing is recorded any more. */
  void close() {
    checkpoints.close();
  }

  /** Records a call that has changed nothing in the store. */
  private void record(Call call, String result) {
    records.append(AuditChain.draft(call.entry(result)));
    call.markRecorded();
    checkpoints.recorded();
  }

  private RuntimeException refused(Call call, RuntimeException e) {
    RuntimeException refusal = Errors.of(e);
    if (call.recorded()) {
      return refusal;
    }
    if (e instanceof HsmException hsm && hsm.node() != null) {
      call.nodes(List.of(hsm.node()));
    }
    try {
      record(call, result(refusal));
    } catch (RuntimeException unwritten) {
      RuntimeException worse = Errors.of(unwritten);
      worse.addSuppressed(refusal);
      return worse;
    }
    return refusal;
  }

  private static String result(RuntimeException e) {
    return switch (e) {
      case CustodyException.Refused x -> "refused " + x.reason();
      case CustodyException.NotFound x -> "not-found " + x.reason();
      case CustodyException.Unavailable x -> "unavailable " + x.reason();
      case CustodyException.AuthenticationFailed x -> "authentication-failed " + x.reason();
      case CustodyException.BadInput x -> "bad-input " + x.reason();
      default -> "error " + e.getClass().getSimpleName().toUpperCase(Locale.ROOT);
    };
  }
}
