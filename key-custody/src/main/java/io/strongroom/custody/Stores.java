package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.Database;
import io.strongroom.custody.store.MetaRows;
import io.strongroom.hsm.Hsm;

/** Opens stores, and tells in custody's own exceptions why one cannot be opened. */
final class Stores {

  private Stores() {}

  static Database open(String storeUrl) {
    try {
      return Database.open(storeUrl);
    } catch (IllegalArgumentException e) {
      throw malformed(e);
    } catch (RuntimeException e) {
      throw new CustodyException.Unavailable(
          Reason.STORE,
          "the store %s could not be opened: %s; check its path and permissions"
              .formatted(storeUrl, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  /** A store that is only to be read is not made by a slip of the pen. */
  static Database openExisting(String storeUrl) {
    boolean exists;
    try {
      exists = Database.exists(storeUrl);
    } catch (IllegalArgumentException e) {
      throw malformed(e);
    }
    if (!exists) {
      throw new CustodyException.NotFound(
          Reason.NO_SUCH_STORE, "there is no store %s; check its path".formatted(storeUrl));
    }
    return open(storeUrl);
  }

  /** The device is asked for randomness once only: an audit can be read while it is away. */
  static String id(Hsm hsm, Database database) {
    return database
        .read(handle -> MetaRows.find(handle, MetaRows.STORE_ID))
        .orElseGet(() -> {
          String fresh = Uuids.random(hsm).toString();
          return database.write(handle -> MetaRows.getOrSet(handle, MetaRows.STORE_ID, fresh));
        });
  }

  private static CustodyException malformed(IllegalArgumentException e) {
    return new CustodyException.BadInput(Reason.MALFORMED, String.valueOf(e.getMessage()), e);
  }
}
