package io.strongroom.custody.chain;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import io.strongroom.custody.audit.AuditCheck;
import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.audit.AuditVerdict.Broken;
import io.strongroom.custody.audit.AuditVerdict.Intact;
import io.strongroom.custody.audit.AuditVerdict.Scope;
import io.strongroom.custody.chain.ChainVerifier.Finding;
import io.strongroom.custody.chain.ChainVerifier.Walked;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.CheckpointRow;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One verification: what it goes by, what it finds, and what that rests on. Used once. */
final class TrailCheck {

  /** Keys that checkpoints must be signed with, and who names them. */
  record Trusted(List<AuditKey> keys, String source, boolean independent) {}

  private final AuditCheck check;
  private final String storeId;
  private final Trusted trusted;
  private final Map<String, AuditKey> keys;
  private final List<String> checked = new ArrayList<>();
  private final List<String> notChecked = new ArrayList<>();
  private final List<Anchor> anchors = new ArrayList<>();

  TrailCheck(AuditCheck check, String storeId, Trusted trusted) {
    this.check = check;
    this.storeId = storeId;
    this.trusted = trusted;
    this.keys =
        trusted.keys().stream().collect(toMap(AuditKey::fingerprint, key -> key, (a, b) -> a));
    AuditCheck.Head head = check.head();
    if (head != null) {
      anchors.add(Anchor.noted(head.count(), head.hash()));
      checked.add("the head noted elsewhere (record %d) is in the trail".formatted(head.count()));
    }
  }

  /** What the HSM remembers; null if it remembers nothing. */
  void witness(Witness.@Nullable Vouched vouched) {
    if (vouched == null) {
      notChecked.add("whether the store is an older backup: the HSM has vouched for nothing yet");
    } else {
      anchors.add(Anchor.witness(vouched));
      checked.add(
          "the store is no older backup: it has record %d, the last that the HSM has vouched for"
              .formatted(vouched.sequence()));
    }
  }

  /** The HSM was not asked, for this reason. */
  void noWitness(String reason) {
    notChecked.add(
        "whether the trail's end was cut off, or the whole store put back, behind the last"
            + " checkpoint: "
            + reason);
  }

  /** The verdict on a trail, or on a part of one. */
  AuditVerdict verdict(
      List<CheckpointRow> checkpoints, Iterator<AuditRow> rows, @Nullable AuditRow first) {
    ChainVerifier verifier =
        new ChainVerifier(checkpoints, this::isGenuine, anchors, check.progress());
    if (first != null) {
      verifier.beginAfter(first.sequence() - 1, first.previousHash(), first.checkpointSequence());
    }
    long begin = first == null ? 1 : first.sequence();
    Finding finding = verifier.walk(rows);
    Walked walked = verifier.walked();
    if (finding != null) {
      return new Broken(
          finding.sequence(),
          finding.what(),
          finding.explanation(),
          new Scope(
              List.of("records %d to %d are as they were written".formatted(begin, walked.count())),
              List.of("what comes after the first record that was touched")));
    }
    long vouched = keys.isEmpty() ? 0 : walked.signed();
    describe(checkpoints, walked, begin, vouched);
    return new Intact(walked.count(), walked.head(), vouched, new Scope(checked, notChecked));
  }

  private boolean isGenuine(CheckpointRow row) {
    if (keys.isEmpty()) {
      // Nobody can tell, and the verdict says so; its hash still has to be the record's.
      return true;
    }
    AuditKey key = keys.get(row.signedBy());
    return key != null && CheckpointText.verifies(key, storeId, row);
  }

  private void describe(List<CheckpointRow> checkpoints, Walked walked, long begin, long vouched) {
    checked.addFirst("the hash and the link of records %d to %d".formatted(begin, walked.count()));
    if (begin > 1) {
      notChecked.add("records 1 to %d, which are not in this part".formatted(begin - 1));
    }
    long signed = checkpoints.stream().filter(CheckpointRow::isSigned).count();
    if (signed > 0 && keys.isEmpty()) {
      notChecked.add(
          "the signatures of %d checkpoints: no public key is known; give --public-key"
              .formatted(signed));
    } else if (signed > 0) {
      checked.add(
          "%d checkpoints, the last for record %d, are signed with %s (%s)"
              .formatted(
                  signed,
                  walked.signed(),
                  trusted.keys().stream().map(AuditKey::fingerprint).collect(joining(", ")),
                  trusted.source()));
      if (!trusted.independent()) {
        notChecked.add(
            "whether that key is the one in the HSM: compare the fingerprint with the one you"
                + " noted, give --public-key, or name the HSM");
      }
    }
    if (vouched < walked.count()) {
      notChecked.add(
          "whether records %d to %d are those that were written: no signed checkpoint vouches for them"
              .formatted(Math.max(begin, vouched + 1), walked.count()));
    }
  }
}
