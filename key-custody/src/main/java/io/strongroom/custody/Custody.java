package io.strongroom.custody;

import io.strongroom.custody.audit.AuditTrail;
import io.strongroom.custody.chain.AuditChain;
import io.strongroom.custody.chain.Background;
import io.strongroom.custody.chain.CheckpointSchedule;
import io.strongroom.custody.chain.Checkpoints;
import io.strongroom.custody.chain.StoredAuditTrail;
import io.strongroom.custody.store.Database;
import io.strongroom.hsm.Hsm;
import java.time.Clock;

/**
 * Custody of customer master keys: the keys in an HSM, what is known of them in a store, every call
 * in an audit trail.
 *
 * <pre>{@code
 * try (Hsm hsm = Hsm.open(hsmUrl);
 *     Custody custody = Custody.open(hsm, "sqlite:/var/lib/strongroom/custody.db", Clock.systemUTC())) {
 *   KeyService keys = custody.as("alice");
 *   keys.createKey(KeyRequest.generated().withAlias("alias/payments"));
 *   Ciphertext sealed = keys.encrypt("alias/payments", plaintext, Map.of("invoice", "4711"));
 * }
 * }</pre>
 *
 * <p>Several instances may be open on one store: in one process or in many, with PostgreSQL on many
 * machines too. A key is found in memory where it was used before; what another instance changes —
 * an alias moved, a key disabled — is seen within one second, what this one changes at once. Expiry
 * of material is checked at every use. Safe for use by many threads.
 */
public final class Custody implements AutoCloseable {

  private final Database database;
  private final Services services;
  private final AuditTrail audit;

  private Custody(Database database, Services services, AuditTrail audit) {
    this.database = database;
    this.services = services;
    this.audit = audit;
  }

  /**
   * Opens custody, and puts away what a crash or time has left: keys that were never finished,
   * expired wrapping keys and material, keys whose scheduled deletion or rotation is due. What the
   * HSM cannot do now is logged and left to the next time.
   *
   * @param hsm where the keys are; stays the caller's, to be closed after custody
   * @param storeUrl {@code sqlite:<path>}, a file that is created where there is none; or {@code
   *     postgresql://[user@]host[:port]/database}, whose tables are created where there are none
   * @param clock for records, expiries and deletions
   * @throws CustodyException.BadInput if the store's URL is of another kind or holds a password
   * @throws CustodyException.Unavailable if the store cannot be opened
   * @throws CustodyException.Refused if the store was restored from a backup that is older than
   *     what the HSM has vouched for ({@code ROLLED_BACK}); see {@link #acceptRestore}
   */
  public static Custody open(Hsm hsm, String storeUrl, Clock clock) {
    return open(hsm, storeUrl, clock, Background.thread("strongroom-audit"));
  }

  /**
   * The same, putting nothing away: for those who want to see first what a crash or time has left
   * ({@link KeyService#examineCustody}).
   *
   * @throws CustodyException as for {@link #open}
   */
  public static Custody openAsItIs(Hsm hsm, String storeUrl, Clock clock) {
    return openAsItIs(hsm, storeUrl, clock, Background.thread("strongroom-audit"));
  }

  static Custody open(Hsm hsm, String storeUrl, Clock clock, Background background) {
    Custody custody = openAsItIs(hsm, storeUrl, clock, background);
    try {
      custody.services.housekeeping().run();
      return custody;
    } catch (RuntimeException e) {
      custody.close();
      throw Errors.of(e);
    }
  }

  private static Custody openAsItIs(Hsm hsm, String storeUrl, Clock clock, Background background) {
    Database database = Stores.open(storeUrl);
    try {
      String storeId = Stores.id(hsm, database);
      Checkpoints checkpoints = new Checkpoints(hsm, database, clock, storeId);
      Restore.refuseRolledBack(checkpoints);
      Ledger ledger =
          new Ledger(
              database,
              new AuditChain(clock),
              new CheckpointSchedule(checkpoints::write, background));
      Intents intents =
          new Intents(
              hsm, database, clock, Owner.thisProcess(), Background.thread("strongroom-disposal"));
      ImportTokens tokens = new ImportTokens(hsm, clock, storeId);
      Services services = Services.of(new Parts(hsm, database, ledger, intents, tokens, clock));
      return new Custody(database, services, new StoredAuditTrail(database, storeId, checkpoints));
    } catch (RuntimeException e) {
      database.close();
      throw Errors.of(e);
    }
  }

  /**
   * Accepts, knowingly, a store that was restored from a backup older than what the HSM has vouched
   * for. What happened since the backup is lost to it: keys made then are in the HSM and unknown
   * here, aliases point where they did. That it was accepted, by whom and why, is recorded.
   *
   * @param principal who accepts it: 1 to 256 characters, no control characters
   * @param reason why: 1 to 1024 characters, no control characters
   * @throws CustodyException.Refused if there is nothing to accept ({@code NOT_ROLLED_BACK})
   * @throws CustodyException.BadInput if one of the texts is anything else
   * @throws CustodyException.Unavailable if the store or the HSM cannot be used
   */
  public static void acceptRestore(
      Hsm hsm, String storeUrl, Clock clock, String principal, String reason) {
    try (Database database = Stores.open(storeUrl)) {
      Checkpoints checkpoints = new Checkpoints(hsm, database, clock, Stores.id(hsm, database));
      new Restore(database, new AuditChain(clock), checkpoints)
          .accept(Names.principal(principal), Names.reason(reason));
    } catch (RuntimeException e) {
      throw Errors.of(e);
    }
  }

  /**
   * Custody as a principal sees it; every call is recorded under that name. A name that cannot be
   * one is refused, which is recorded as well.
   *
   * @param principal who acts: 1 to 256 characters, no control characters
   * @throws CustodyException.BadInput if the name is anything else
   */
  public KeyService as(String principal) {
    try {
      return new PrincipalKeyService(Names.principal(principal), services);
    } catch (CustodyException.BadInput e) {
      Call call = new Call(Housekeeping.PRINCIPAL, "actAs").detail("length", principal.length());
      return services
          .ledger()
          .audited(
              call,
              () -> {
                throw e;
              });
    }
  }

  /**
   * Does now what is done when custody is opened: destroys keys whose day has come, gives those
   * that rotate on schedule their new versions, deletes expired material and wrapping keys, and
   * puts away what a crash left. For an application that stays open, to be called about once a
   * minute, from any thread; {@code strongroom custody run} does nothing else. Several instances on
   * one store do each thing once. What cannot be done now is logged and left to the next time.
   */
  public void keepHouse() {
    services.housekeeping().run();
  }

  /** The audit trail of this store. */
  public AuditTrail audit() {
    return audit;
  }

  /**
   * Finishes destroying wrapping keys that have done their work, writes a checkpoint for the audit
   * trail and closes the store; the HSM stays open. Idempotent.
   */
  @Override
  public void close() {
    try {
      if (!database.isClosed()) {
        services.intents().close();
        services.ledger().close();
      }
    } finally {
      database.close();
    }
  }
}
