package io.strongroom.custody;

import io.strongroom.custody.CustodyFinding.Kind;
import io.strongroom.custody.store.CensusRows;
import io.strongroom.custody.store.IntentRow;
import io.strongroom.hsm.KeyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for what in the store cannot be so, or should have been put away. */
final class StoreExam {

  private final Parts parts;
  private final Census census;
  private final List<CustodyFinding> findings = new ArrayList<>();

  private StoreExam(Parts parts, Census census) {
    this.parts = parts;
    this.census = census;
  }

  static List<CustodyFinding> run(Parts parts, Census census) {
    StoreExam exam = new StoreExam(parts, census);
    Census.Stored store = census.store();
    store.versions().stream().filter(CensusRows.Version::isCurrent).forEach(exam::state);
    store.unversioned().forEach(exam::unversioned);
    store.wrappingKeys().forEach(exam::wrappingKey);
    store.aliases().forEach(exam::alias);
    store.intents().stream().filter(parts.intents()::isLeftBehind).forEach(exam::intent);
    return exam.findings;
  }

  private void state(CensusRows.Version current) {
    KeyState state = KeyState.valueOf(current.state());
    boolean material = current.hsmKeyId() != null;
    boolean external = KeyOrigin.valueOf(current.origin()) == KeyOrigin.EXTERNAL;
    String label = Lookup.hsmLabel(current.cmkId(), current.version());
    if (!material && (state == KeyState.ENABLED || state == KeyState.DISABLED)) {
      findings.add(
          finding(
              Kind.STATE_CONTRADICTS,
              current.cmkId(),
              label,
              null,
              "it is %s and has no material".formatted(state)
                  + (external ? "" : ", which came from the HSM; schedule its deletion"),
              external
                  ? "make it PendingImport, so that its material can be imported again"
                  : null));
    } else if (material && state == KeyState.PENDING_IMPORT) {
      findings.add(
          finding(
              Kind.STATE_CONTRADICTS,
              current.cmkId(),
              label,
              current.hsmKeyId(),
              "it is PendingImport and has material",
              "make it Disabled, so that somebody decides"));
    }
  }

  private void unversioned(CensusRows.Unversioned cmk) {
    findings.add(
        finding(
            Kind.STATE_CONTRADICTS,
            cmk.cmkId(),
            Lookup.hsmLabel(cmk.cmkId(), Math.max(1, cmk.currentVersion())),
            null,
            "it is %s, and the store has no version %d of it; restore the store from a backup"
                .formatted(KeyState.valueOf(cmk.state()), cmk.currentVersion()),
            null));
  }

  private void wrappingKey(CensusRows.WrappingKey key) {
    boolean expired = key.expiresMs() <= parts.clock().millis();
    boolean missing =
        census.silent().isEmpty() && census.holders(KeyId.parse(key.hsmKeyId())).isEmpty();
    if (expired || missing) {
      findings.add(
          finding(
              expired ? Kind.WRAPPING_KEY_EXPIRED : Kind.WRAPPING_KEY_MISSING,
              key.cmkId(),
              key.label(),
              key.hsmKeyId(),
              expired
                  ? "its time was over on " + Instant.ofEpochMilli(key.expiresMs())
                  : "no token holds it; get new parameters for import",
              "withdraw its import token" + (missing ? "" : " and destroy it")));
    }
  }

  private void alias(CensusRows.Alias alias) {
    String state = alias.state();
    if (state == null) {
      findings.add(
          finding(
              Kind.ALIAS_TO_NOWHERE,
              alias.cmkId(),
              alias.name(),
              null,
              "the store has no such key; update the alias to another key, or delete it",
              null));
    } else if (KeyState.valueOf(state) == KeyState.PENDING_DELETION) {
      findings.add(
          finding(
              Kind.ALIAS_TO_DYING_KEY,
              alias.cmkId(),
              alias.name(),
              null,
              "its key is PendingDeletion; rotate the alias, or cancel the deletion",
              null));
    }
  }

  private void intent(IntentRow intent) {
    findings.add(
        finding(
            Kind.INTENT_LEFT,
            null,
            intent.label(),
            intent.hsmKeyId(),
            "it was being %s by %s since %s, and was left so"
                .formatted(
                    intent.kind() == IntentRow.Kind.BIRTH ? "made" : "destroyed",
                    intent.owner(),
                    Instant.ofEpochMilli(intent.sinceMs())),
            "destroy what there is of it"));
  }

  private static CustodyFinding finding(
      Kind kind,
      @Nullable String keyId,
      String label,
      @Nullable String hsmKeyId,
      String text,
      @Nullable String repair) {
    return new CustodyFinding(kind, keyId, label, hsmKeyId, List.of(), text, repair, false);
  }
}
