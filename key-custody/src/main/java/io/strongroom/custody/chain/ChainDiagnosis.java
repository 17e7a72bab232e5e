package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.custody.chain.ChainVerifier.Finding;
import io.strongroom.custody.chain.HashedRows.Hashed;
import io.strongroom.custody.store.AuditRow;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Tells what was done to a record that does not fit: whether it was changed, or moved, or others
 * were put in or taken out before it. A record's hash covers its number, so that one that was
 * numbered anew still shows where it was written.
 */
final class ChainDiagnosis {

  /** How far from its place a record is looked for. */
  private static final long REACH = 10_000;

  private final long wanted;
  private final String head;
  private final Iterator<Hashed> rest;

  /**
   * @param wanted the number of the record that should come now
   * @param head the hash of the one before it
   * @param rest what comes after the record that does not fit; is read to its end if need be
   */
  ChainDiagnosis(long wanted, String head, Iterator<Hashed> rest) {
    this.wanted = wanted;
    this.head = head;
    this.rest = rest;
  }

  /** Of a record whose content does not fit its hash. */
  Finding ofContent(AuditRow row) {
    OptionalLong written = numberWhenWritten(row);
    if (written.isEmpty()) {
      return new Finding(
          wanted,
          Tampering.ALTERED,
          "record %d does not fit its own hash; its content was changed".formatted(wanted));
    }
    long number = written.getAsLong();
    if (row.hash().equals(head)) {
      return new Finding(
          wanted,
          Tampering.INSERTED,
          "record %d was put in: it is a copy of record %d".formatted(wanted, number));
    }
    if (number < wanted) {
      return new Finding(
          number,
          Tampering.INSERTED,
          "record %d was put in: what is now record %d was written as record %d"
              .formatted(number, wanted, number));
    }
    if (isTrueOneAmongTheRest()) {
      return new Finding(
          wanted,
          Tampering.REORDERED,
          "record %d was moved: what stands in its place was written as record %d"
              .formatted(wanted, number));
    }
    return new Finding(
        wanted,
        Tampering.REMOVED,
        "record %d was taken out and those behind it numbered anew: what is now record %d was written as record %d"
            .formatted(wanted, wanted, number));
  }

  /** Of a record whose content fits its hash, and which does not follow from the one before. */
  Finding ofLink(AuditRow row) {
    AuditRow next = rest.hasNext() ? rest.next().row() : null;
    if (next != null && next.previousHash().equals(row.hash()) && wanted > 1) {
      return new Finding(
          wanted - 1,
          Tampering.ALTERED,
          "record %d was changed and given a new hash: record %d follows from another one"
              .formatted(wanted - 1, wanted));
    }
    if ((next != null && isTrueOne(next)) || isTrueOneAmongTheRest()) {
      return new Finding(
          wanted,
          Tampering.INSERTED,
          "record %d was put in: it does not follow from the one before it".formatted(wanted));
    }
    return new Finding(
        wanted,
        Tampering.ALTERED,
        "record %d does not follow from the one before it; another was put in its place"
            .formatted(wanted));
  }

  private boolean isTrueOneAmongTheRest() {
    while (rest.hasNext()) {
      if (isTrueOne(rest.next().row())) {
        return true;
      }
    }
    return false;
  }

  private boolean isTrueOne(AuditRow row) {
    return row.previousHash().equals(head) && isWrittenAs(row, wanted);
  }

  private OptionalLong numberWhenWritten(AuditRow row) {
    return LongStream.rangeClosed(1, REACH)
        .flatMap(distance -> LongStream.of(wanted - distance, wanted + distance))
        .filter(number -> number > 0 && isWrittenAs(row, number))
        .findFirst();
  }

  private static boolean isWrittenAs(AuditRow row, long number) {
    AuditRow there = row.placed(number, row.timeMs(), row.checkpointSequence(), row.previousHash());
    return ChainHash.of(there).equals(row.hash());
  }
}
