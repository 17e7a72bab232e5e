package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the HSM remembers of a trail, out of reach of whoever restores the store: the number of a
 * record and the beginning of its hash, as the id of a key that is used for nothing else.
 *
 * <p>There are two such keys, {@code …/a} and {@code …/b}, and the higher number counts. The lower
 * one is replaced, so that at every instant, a crash included, one is there; and since both labels
 * are known, finding them takes two look-ups however full the token is.
 */
final class Witness {

  /** What the labels begin with; the store's id and the key's letter follow. */
  static final String LABEL_PREFIX = "custody/audit-witness/";

  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
  private static final int PREFIX_DIGITS = 16;

  /**
   * A record that the HSM has vouched for.
   *
   * @param hashPrefix the first 64 bits of its hash
   */
  record Vouched(long sequence, long hashPrefix) {

    static Vouched of(long sequence, String hash) {
      return new Vouched(
          sequence, Long.parseUnsignedLong(hash.substring(0, PREFIX_DIGITS), PREFIX_DIGITS));
    }

    boolean isOf(AuditRow row) {
      return equals(of(row.sequence(), row.hash()));
    }
  }

  private final Hsm hsm;
  private final List<String> labels;

  Witness(Hsm hsm, String storeId) {
    this.hsm = hsm;
    this.labels = List.of(LABEL_PREFIX + storeId + "/a", LABEL_PREFIX + storeId + "/b");
  }

  /** The last record that the HSM has vouched for. */
  Optional<Vouched> last() {
    return witnesses().map(Witness::vouched).max(Comparator.comparingLong(Vouched::sequence));
  }

  /** Vouches for a record, unless one with a higher number is vouched for. */
  void advance(long sequence, String hash) {
    List<KeyInfo> before = witnesses().toList();
    if (before.stream().anyMatch(key -> vouched(key).sequence() >= sequence)) {
      return;
    }
    String free =
        labels.stream()
            .filter(label -> before.stream().noneMatch(key -> key.label().equals(label)))
            .findFirst()
            .orElseGet(() -> clear(oldest(before)));
    create(free, Vouched.of(sequence, hash));
  }

  /** Vouches for a record whatever was vouched for before. */
  void restart(long sequence, String hash) {
    witnesses().forEach(this::clear);
    create(labels.getFirst(), Vouched.of(sequence, hash));
  }

  private String clear(KeyInfo witness) {
    try {
      hsm.destroy(witness.id());
    } catch (HsmException.KeyNotFound gone) {
      LOG.debug("event=audit_witness_gone label={}", witness.label());
    }
    return witness.label();
  }

  private void create(String label, Vouched vouched) {
    KeyId id = new KeyId(vouched.sequence(), vouched.hashPrefix());
    try {
      hsm.create(KeySpec.of(id, label, KeyType.AES_128));
    } catch (HsmException.KeyExists other) {
      // Another process vouches for a record of its own at this moment; the next checkpoint goes
      // on from there.
      LOG.debug("event=audit_witness_taken label={}", label);
    }
  }

  private Stream<KeyInfo> witnesses() {
    return labels.stream().flatMap(label -> find(label).stream());
  }

  private Optional<KeyInfo> find(String label) {
    try {
      return Optional.of(hsm.key(label));
    } catch (HsmException.KeyNotFound none) {
      return Optional.empty();
    }
  }

  private static KeyInfo oldest(List<KeyInfo> witnesses) {
    return witnesses.stream()
        .min(Comparator.comparingLong(key -> vouched(key).sequence()))
        .orElseThrow();
  }

  private static Vouched vouched(KeyInfo witness) {
    return new Vouched(witness.id().high(), witness.id().low());
  }
}
