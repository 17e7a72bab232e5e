package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.custody.store.AuditRow;
import java.util.function.Predicate;

/**
 * A record that somebody outside of the store vouches for.
 *
 * @param fits whether a record is the one
 * @param missing what was done if the trail ends before it
 * @param who who says so, as the beginning of a sentence
 */
record Anchor(long sequence, Predicate<AuditRow> fits, Tampering missing, String who) {

  /** A head that was noted elsewhere. */
  static Anchor noted(long count, String hash) {
    return new Anchor(
        count, row -> row.hash().equals(hash), Tampering.TRUNCATED, "the head noted elsewhere");
  }

  /** What the HSM remembers. */
  static Anchor witness(Witness.Vouched vouched) {
    return new Anchor(vouched.sequence(), vouched::isOf, Tampering.ROLLED_BACK, "the HSM");
  }
}
