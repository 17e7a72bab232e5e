package io.strongroom.custody;

import java.util.List;

/**
 * How store and tokens agree. Immutable.
 *
 * @param nodes the tokens that were asked
 * @param cmkVersions how many versions of CMKs were looked for in each
 * @param hsmKeys how many keys that look like custody's are in the tokens
 * @param findings in what they do not agree
 */
public record CustodyReport(
    List<String> nodes, int cmkVersions, int hsmKeys, List<CustodyFinding> findings) {

  /** Copies the lists. */
  public CustodyReport {
    nodes = List.copyOf(nodes);
    findings = List.copyOf(findings);
  }

  /** Whether nothing is wrong, or nothing any more. */
  public boolean isClean() {
    return findings.stream().noneMatch(CustodyFinding::isOpen);
  }
}
