package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.audit.AuditCheck;
import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.audit.AuditTrail;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.chain.Checkpoints;
import io.strongroom.custody.chain.ExportedTrail;
import io.strongroom.custody.chain.StoredAuditTrail;
import io.strongroom.custody.store.Database;
import io.strongroom.custody.store.MetaRows;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audit trails as an auditor reads them: with nothing but the store, or nothing but an exported
 * file. Nothing is written to either. Safe for use by many threads.
 */
public final class Audits implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Audits.class);

  /**
   * A key that signs checkpoints.
   *
   * @param fromHsm whether the HSM itself showed it, or the store only
   */
  public record Key(AuditKey key, boolean fromHsm) {}

  private final Database database;
  private final AuditTrail trail;
  private final @Nullable Checkpoints checkpoints;

  private Audits(Database database, AuditTrail trail, @Nullable Checkpoints checkpoints) {
    this.database = database;
    this.trail = trail;
    this.checkpoints = checkpoints;
  }

  /**
   * Opens the trail of a store that exists.
   *
   * @param hsm to be asked what it has vouched for; stays the caller's. Null if none is at hand
   * @throws CustodyException.BadInput if the store's URL is of another kind
   * @throws CustodyException.NotFound if there is no such store
   * @throws CustodyException.Unavailable if the store cannot be opened
   */
  public static Audits open(String storeUrl, @Nullable Hsm hsm) {
    Database database = Stores.openExisting(storeUrl);
    try {
      String storeId = database.read(handle -> MetaRows.find(handle, MetaRows.STORE_ID)).orElse("");
      // Only what the HSM has is read: no checkpoint is made here, so no clock is asked.
      Checkpoints checkpoints =
          hsm == null ? null : new Checkpoints(hsm, database, Clock.systemUTC(), storeId);
      return new Audits(
          database, new StoredAuditTrail(database, storeId, checkpoints), checkpoints);
    } catch (RuntimeException e) {
      database.close();
      throw Errors.of(e);
    }
  }

  /**
   * Checks an exported trail, or a part of one, by itself.
   *
   * @throws CustodyException.BadInput if the file is no exported trail
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static AuditVerdict verifyExport(Path file, AuditCheck check) {
    try {
      return new ExportedTrail(file).verify(check);
    } catch (IllegalArgumentException e) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED, e.getMessage() + "; hand in what audit export wrote", e);
    }
  }

  /**
   * Reads a public key that {@code audit public-key} wrote.
   *
   * @throws CustodyException.BadInput if there is no EC or RSA public key in it
   */
  public static AuditKey key(String pem) {
    try {
      return AuditKey.fromPem(pem);
    } catch (IllegalArgumentException e) {
      throw new CustodyException.BadInput(Reason.MALFORMED, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The key that signs this trail's checkpoints: the HSM's own word where one is at hand, else what
   * the store says.
   *
   * @throws CustodyException.NotFound if no checkpoint was signed yet
   */
  public Key publicKey() {
    if (checkpoints != null) {
      try {
        return new Key(checkpoints.publicKey(), true);
      } catch (HsmException e) {
        LOG.debug("event=audit_key_not_in_hsm reason=\"{}\"", e.getMessage());
      }
    }
    List<AuditKey> keys = trail.keys();
    if (keys.isEmpty()) {
      throw new CustodyException.NotFound(
          Reason.NO_SUCH_KEY,
          "nothing has signed in this store yet; make a call first, the key is made with the first"
              + " checkpoint");
    }
    return new Key(keys.getLast(), false);
  }

  /** The trail. */
  public AuditTrail trail() {
    return trail;
  }

  /** Closes the store. Idempotent. */
  @Override
  public void close() {
    database.close();
  }
}
