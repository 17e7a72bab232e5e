package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Records with the hashes that they should have, computed by all processors, in order. */
final class HashedRows implements Iterator<HashedRows.Hashed> {

  private static final int BATCH = 4096;

  /**
   * A record.
   *
   * @param computed the hash of its content
   */
  record Hashed(AuditRow row, String computed) {
    boolean fits() {
      return computed.equals(row.hash());
    }
  }

  private final Iterator<AuditRow> rows;
  private Iterator<Hashed> batch = Collections.emptyIterator();

  HashedRows(Iterator<AuditRow> rows) {
    this.rows = rows;
  }

  @Override
  public boolean hasNext() {
    return batch.hasNext() || rows.hasNext();
  }

  @Override
  public Hashed next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (!batch.hasNext()) {
      List<AuditRow> read = new ArrayList<>(BATCH);
      while (read.size() < BATCH && rows.hasNext()) {
        read.add(rows.next());
      }
      batch =
          read.parallelStream().map(row -> new Hashed(row, ChainHash.of(row))).toList().iterator();
    }
    return batch.next();
  }
}
