package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.chain.AuditChain;
import io.strongroom.custody.chain.Checkpoints;
import io.strongroom.custody.chain.Rollback;
import io.strongroom.custody.store.Database;
import io.strongroom.hsm.HsmException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores that were restored from a backup older than what the HSM has vouched for. */
final class Restore {

  private static final Logger LOG = LoggerFactory.getLogger(Restore.class);

  private final Database database;
  private final AuditChain chain;
  private final Checkpoints checkpoints;

  Restore(Database database, AuditChain chain, Checkpoints checkpoints) {
    this.database = database;
    this.chain = chain;
    this.checkpoints = checkpoints;
  }

  /** Refuses to go on with such a store. While the HSM is away that cannot be known. */
  static void refuseRolledBack(Checkpoints checkpoints) {
    try {
      checkpoints
          .rollback()
          .ifPresent(rollback -> {
            throw new CustodyException.Refused(
                Reason.ROLLED_BACK,
                rollback.explanation()
                    + "; bring the newest store back, or, if it is lost, accept this one with"
                    + " strongroom custody accept-restore --reason TEXT");
          });
    } catch (HsmException e) {
      LOG.warn("event=audit_witness_unknown reason=\"{}\"", e.getMessage());
    }
  }

  /**
   * Records the acceptance first: a crash before the HSM forgets leaves a store that is refused as
   * before, and the acceptance is repeated.
   */
  void accept(String principal, String reason) {
    Call call = new Call(principal, "acceptRestore").detail("reason", reason);
    Rollback rollback = checkpoints.rollback().orElse(null);
    if (rollback == null) {
      CustodyException.Refused refusal =
          new CustodyException.Refused(
              Reason.NOT_ROLLED_BACK,
              "the HSM has vouched for no record that this store lacks; there is nothing to accept");
      record(call, "refused " + refusal.reason());
      throw refusal;
    }
    call.detail("storeEndedAt", rollback.end()).detail("hsmVouchedFor", rollback.vouched());
    record(call, Call.OK);
    checkpoints.restart();
  }

  private void record(Call call, String result) {
    database.write(handle -> {
      chain.append(handle, call.entry(result));
      return call;
    });
  }
}
