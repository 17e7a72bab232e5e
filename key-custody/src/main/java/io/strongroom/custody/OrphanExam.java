package io.strongroom.custody;

import io.strongroom.custody.CustodyFinding.Kind;
import io.strongroom.custody.store.CensusRows;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for keys in the tokens that look like custody's and that nothing in the store accounts for.
 * Only what this store once wrote down as its own is called an orphan: many stores may share a
 * token, and a store that was restored from an old backup does not know its latest keys.
 */
final class OrphanExam {

  private static final List<String> OURS = List.of("cmk/", "custody/wrapping/", "custody/probe/");

  private final Parts parts;
  private final Census census;

  private OrphanExam(Parts parts, Census census) {
    this.parts = parts;
    this.census = census;
  }

  static List<CustodyFinding> run(Parts parts, Census census) {
    OrphanExam exam = new OrphanExam(parts, census);
    return census.all().values().stream()
        .filter(key -> isOurs(key.label()))
        .filter(key -> !census.isAccountedFor(key.id().toString()))
        .filter(exam::isThereStill)
        .map(exam::finding)
        .flatMap(Optional::stream)
        .toList();
  }

  /** Whether a label is of a kind that custody gives keys which come and go. */
  static boolean isOurs(String label) {
    return OURS.stream().anyMatch(label::startsWith);
  }

  /** It may have been let go of, or become somebody's, since the tokens were asked. */
  private boolean isThereStill(KeyInfo key) {
    try {
      parts.hsm().key(key.id());
    } catch (HsmException.KeyNotFound gone) {
      return false;
    }
    return !parts.database().read(handle -> CensusRows.isAccountedFor(handle, key.id().toString()));
  }

  private Optional<CustodyFinding> finding(KeyInfo key) {
    Map<String, Long> births = census.store().births();
    Long since = births.get(key.id().toString());
    if (since == null) {
      return Optional.of(
          finding(
              Kind.STRANGER,
              key,
              "this store never had it made: it is another store's on the same token, or younger than the backup that this store was restored from; do not destroy it before you know",
              null));
    }
    return Optional.of(
        finding(
            Kind.ORPHAN,
            key,
            "this store had it made on %s, and nothing accounts for it now"
                .formatted(Instant.ofEpochMilli(since)),
            parts.clock().millis() - since > Intents.LEASE.toMillis() ? "destroy it" : null));
  }

  private CustodyFinding finding(Kind kind, KeyInfo key, String text, @Nullable String repair) {
    KeyId id = key.id();
    return new CustodyFinding(
        kind,
        cmkId(key.label()),
        key.label(),
        id.toString(),
        census.holders(id),
        text,
        repair,
        false);
  }

  private static @Nullable String cmkId(String label) {
    String[] parts = label.split("/", -1);
    return parts[0].equals("cmk") && parts.length == 3 ? parts[1] : null;
  }
}
