package io.strongroom.custody;

import io.strongroom.custody.chain.AuditChain;
import io.strongroom.custody.chain.Checkpoints;
import io.strongroom.custody.store.Database;
import io.strongroom.hsm.HsmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that no answer leaves before its call is in the audit trail. */
final class Ledger {

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final long RECORDS_PER_CHECKPOINT = 10_000;

  private final Database database;
  private final AuditChain chain;
  private final Checkpoints checkpoints;
  private final AtomicLong written = new AtomicLong();

  Ledger(Database database, AuditChain chain, Checkpoints checkpoints) {
    this.database = database;
    this.chain = chain;
    this.checkpoints = checkpoints;
  }

  /** Does the work and records it, refused or not. */
  <T> T audited(Call call, Supplier<T> work) {
    T answer;
    try {
      answer = work.get();
      if (!call.recorded()) {
        commit(call, handle -> call);
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
      count();
    }
    return result;
  }

  /** Writes a checkpoint if something was written since this ledger began. */
  void checkpoint() {
    if (written.get() == 0) {
      return;
    }
    try {
      checkpoints.write();
    } catch (RuntimeException e) {
      // Whatever it is: the records are written, and what they tell of has succeeded.
      LOG.warn("event=audit_checkpoint_failed reason=\"{}\"", e.getMessage());
    }
  }

  private void count() {
    if (written.incrementAndGet() % RECORDS_PER_CHECKPOINT == 0) {
      checkpoint();
    }
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
      database.write(handle -> {
        chain.append(handle, call.entry(result(refusal)));
        return call;
      });
      count();
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
