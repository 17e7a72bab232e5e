package io.strongroom.custody;

import io.strongroom.custody.store.CensusRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.custody.store.WrappingKeyRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Compares the store with the tokens, and repairs what can be repaired without losing anything: no
 * repair takes a key that something accounts for, and each is decided anew in its transaction.
 */
final class Doctor {

  private final Parts parts;
  private final Removal removal;

  Doctor(Parts parts, Removal removal) {
    this.parts = parts;
    this.removal = removal;
  }

  CustodyReport examine(Call call) {
    Census census = Census.take(parts);
    List<CustodyFinding> findings = new ArrayList<>();
    findings.addAll(TokenExam.run(parts.hsm(), census));
    findings.addAll(OrphanExam.run(parts, census));
    findings.addAll(StoreExam.run(parts, census));
    call.nodes(List.copyOf(census.tokens().keySet())).detail("findings", findings.size());
    return new CustodyReport(
        List.copyOf(census.tokens().keySet()),
        census.store().versions().size(),
        (int) census.all().values().stream().filter(k -> OrphanExam.isOurs(k.label())).count(),
        findings);
  }

  /** Examines, and does the repairs that there are; each has its own audit record. */
  CustodyReport repair(Call call) {
    CustodyReport report = examine(call);
    List<CustodyFinding> after =
        report.findings().stream()
            .map(finding -> repaired(call.principal(), finding) ? finding.asRepaired() : finding)
            .toList();
    call.detail("repaired", after.stream().filter(CustodyFinding::repaired).count());
    return new CustodyReport(report.nodes(), report.cmkVersions(), report.hsmKeys(), after);
  }

  private boolean repaired(String principal, CustodyFinding finding) {
    if (finding.repair() == null) {
      return false;
    }
    Call call =
        new Call(principal, "repairFinding")
            .nodes(finding.nodes())
            .detail("finding", finding.kind())
            .detail("label", finding.label())
            .detail("repair", finding.repair());
    if (finding.keyId() != null) {
      call.key(finding.keyId());
    }
    Optional<List<String>> doomed =
        parts.ledger().commitIfAny(call, handle -> change(handle, finding));
    doomed.ifPresent(keys -> keys.forEach(parts.intents()::settle));
    return doomed.isPresent();
  }

  /** The change in the store, and what is to be destroyed then; empty if it is not so any more. */
  private Optional<List<String>> change(Handle handle, CustodyFinding finding) {
    return switch (finding.kind()) {
      case ORPHAN -> orphan(handle, finding);
      case INTENT_LEFT -> parts.intents().doomLeftBehind(handle, hsmKeyId(finding));
      case WRAPPING_KEY_EXPIRED, WRAPPING_KEY_MISSING -> wrappingKey(handle, finding);
      case STATE_CONTRADICTS -> state(handle, finding);
      case KEY_MISSING,
          KEY_MISSING_AT_NODE,
          NODE_SILENT,
          WRONG_CHECK_VALUE,
          WRONG_ATTRIBUTES,
          STRANGER,
          ALIAS_TO_NOWHERE,
          ALIAS_TO_DYING_KEY ->
          Optional.empty();
    };
  }

  private Optional<List<String>> orphan(Handle handle, CustodyFinding finding) {
    String id = hsmKeyId(finding);
    if (CensusRows.isAccountedFor(handle, id)) {
      return Optional.empty();
    }
    parts.intents().doom(handle, id, finding.label());
    return Optional.of(List.of(id));
  }

  private Optional<List<String>> wrappingKey(Handle handle, CustodyFinding finding) {
    List<WrappingKeyRow> still =
        WrappingKeyRows.open(handle, Objects.requireNonNull(finding.keyId())).stream()
            .filter(row -> row.hsmKeyId().equals(finding.hsmKeyId()))
            .toList();
    return still.isEmpty()
        ? Optional.empty()
        : Optional.of(removal.retire(handle, still, WrappingKeyRow.Status.EXPIRED));
  }

  private Optional<List<String>> state(Handle handle, CustodyFinding finding) {
    String id = Objects.requireNonNull(finding.keyId());
    Optional<CensusRows.Version> current =
        CensusRows.versions(handle).stream()
            .filter(version -> version.cmkId().equals(id) && version.isCurrent())
            .findFirst();
    Optional<CmkRow> cmk = CmkRows.find(handle, id);
    if (current.isEmpty() || cmk.isEmpty()) {
      return Optional.empty();
    }
    boolean material = current.get().hsmKeyId() != null;
    KeyState now = Lookup.state(cmk.get());
    if (material != (now == KeyState.PENDING_IMPORT)) {
      return Optional.empty();
    }
    KeyState next = material ? KeyState.DISABLED : KeyState.PENDING_IMPORT;
    CmkRows.setState(handle, id, next.name(), cmk.get().deleteAfterMs());
    return Optional.of(List.of());
  }

  private static String hsmKeyId(CustodyFinding finding) {
    return Objects.requireNonNull(finding.hsmKeyId());
  }
}
