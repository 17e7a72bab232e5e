package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.Database;
import io.strongroom.custody.store.MetaRows;
import io.strongroom.custody.store.StoreFailure;
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
      throw unusable(storeUrl, e);
    }
  }

  /** A store that is only to be read is not made by a slip of the pen. */
  static Database openExisting(String storeUrl) {
    if (!exists(storeUrl)) {
      throw new CustodyException.NotFound(
          Reason.NO_SUCH_STORE, "there is no store %s; check its URL".formatted(storeUrl));
    }
    return open(storeUrl);
  }

  private static boolean exists(String storeUrl) {
    try {
      return Database.exists(storeUrl);
    } catch (IllegalArgumentException e) {
      throw malformed(e);
    } catch (RuntimeException e) {
      throw unusable(storeUrl, e);
    }
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

  private static CustodyException unusable(String storeUrl, RuntimeException e) {
    return new CustodyException.Unavailable(
        Reason.STORE,
        "the store %s could not be opened: %s".formatted(storeUrl, StoreFailure.explain(e)),
        e);
  }

  private static CustodyException malformed(IllegalArgumentException e) {
    return new CustodyException.BadInput(Reason.MALFORMED, String.valueOf(e.getMessage()), e);
  }
}
