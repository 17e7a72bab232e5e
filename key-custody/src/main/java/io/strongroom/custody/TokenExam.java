package io.strongroom.custody;

import io.strongroom.custody.CustodyFinding.Kind;
import io.strongroom.custody.store.CensusRows;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.Protection;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Looks for each version of each CMK in each token, and has the token use it. */
final class TokenExam {

  private final Hsm hsm;
  private final Census census;
  private final List<CustodyFinding> findings = new ArrayList<>();

  private TokenExam(Hsm hsm, Census census) {
    this.hsm = hsm;
    this.census = census;
  }

  static List<CustodyFinding> run(Hsm hsm, Census census) {
    TokenExam exam = new TokenExam(hsm, census);
    census.silent().forEach(exam::silent);
    census.store().versions().stream().filter(v -> v.hsmKeyId() != null).forEach(exam::examine);
    return exam.findings;
  }

  private void silent(String location, String reason) {
    findings.add(
        new CustodyFinding(
            Kind.NODE_SILENT,
            null,
            location,
            null,
            List.of(location),
            "it cannot be asked now (%s), so nothing is known of its keys; bring it back and look again"
                .formatted(reason),
            null,
            false));
  }

  private void examine(CensusRows.Version version) {
    KeyId id = KeyId.parse(String.valueOf(version.hsmKeyId()));
    List<String> holders = census.holders(id);
    if (holders.isEmpty()) {
      // A token that did not answer may hold it.
      if (census.silent().isEmpty()) {
        add(Kind.KEY_MISSING, version, List.copyOf(census.tokens().keySet()), missing(version));
      }
      return;
    }
    List<String> without =
        census.tokens().keySet().stream().filter(token -> !holders.contains(token)).toList();
    if (!without.isEmpty()) {
      add(
          Kind.KEY_MISSING_AT_NODE,
          version,
          without,
          "%s hold it, %s not; strongroom cluster sync brings them level"
              .formatted(holders, without));
    }
    holders.forEach(holder -> examineAt(holder, version, id));
  }

  private static String missing(CensusRows.Version version) {
    return KeyOrigin.valueOf(version.origin()) == KeyOrigin.EXTERNAL
        ? "no token holds it, and the key cannot be used; bring its token back, or delete its material and import it again"
        : "no token holds it, and what is encrypted under it cannot be read; bring its token or a backup of it back";
  }

  private void examineAt(String holder, CensusRows.Version version, KeyId id) {
    KeyInfo key = census.tokens().getOrDefault(holder, Map.of()).get(id);
    if (key == null) {
      return;
    }
    CmkSpec spec = CmkSpec.valueOf(version.spec());
    if (key.protection() != Protection.NEVER_LEAVES) {
      add(
          Kind.WRONG_ATTRIBUTES,
          version,
          List.of(holder),
          "it is to be NEVER_LEAVES and is %s: somebody may have copied it; rotate to a new key, re-encrypt, and delete it"
              .formatted(key.protection()));
    } else if (!key.type().equals(spec.type())) {
      add(
          Kind.WRONG_ATTRIBUTES,
          version,
          List.of(holder),
          "it is to be %s and is %s; have the token examined".formatted(spec.type(), key.type()));
    }
    examineUse(holder, version, id);
  }

  private void examineUse(String holder, CensusRows.Version version, KeyId id) {
    String text;
    try {
      String kcv = HexFormat.of().formatHex(hsm.at(holder).checkValue(id));
      if (kcv.equals(version.kcv())) {
        return;
      }
      text =
          "its check value is %s and was %s: it is another key; have the token examined, and bring a backup of it back"
              .formatted(kcv, version.kcv());
    } catch (HsmException e) {
      text = "it cannot be used: " + e.text();
    }
    add(Kind.WRONG_CHECK_VALUE, version, List.of(holder), text);
  }

  private void add(Kind kind, CensusRows.Version version, List<String> nodes, String text) {
    findings.add(
        new CustodyFinding(
            kind,
            version.cmkId(),
            Lookup.hsmLabel(version.cmkId(), version.version()),
            version.hsmKeyId(),
            nodes,
            text,
            null,
            false));
  }
}
