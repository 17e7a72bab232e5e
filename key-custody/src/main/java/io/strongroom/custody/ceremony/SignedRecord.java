package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The record of a ceremony and its signatures, a JSON document. More people can sign it later; each
 * signature stands for itself. Immutable.
 */
public final class SignedRecord {

  static final String SIGNATURES = "signatures";

  /**
   * Whether one signature is good.
   *
   * @param signer who signed, as the record says
   * @param signed when, as the record says
   * @param publicKeySha256 SHA-256 of the {@code SubjectPublicKeyInfo} it was made with, hex
   * @param fits whether it is a signature of this record by that key
   * @param trusted whether that key is among the given ones; the name alone proves nothing
   */
  public record Verdict(
      String signer, Instant signed, String publicKeySha256, boolean fits, boolean trusted) {}

  private final Map<String, Object> record;
  private final List<RecordSignature> signatures;

  private SignedRecord(Map<String, Object> record, List<RecordSignature> signatures) {
    this.record = record;
    this.signatures = signatures;
  }

  /** A record that nobody has signed. */
  public static SignedRecord of(Map<String, Object> record) {
    return new SignedRecord(new LinkedHashMap<>(record), List.of());
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws CustodyException.BadInput if it is anything else
   */
  public static SignedRecord parse(byte[] json) {
    Map<String, Object> record = CanonicalJson.parse(json);
    if (!CeremonyRecord.FORMAT.equals(record.get("format"))
        || !(record.remove(SIGNATURES) instanceof List<?> documents)) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "this is no %s; hand in the JSON file that the ceremony wrote"
              .formatted(CeremonyRecord.FORMAT));
    }
    List<RecordSignature> signatures = new ArrayList<>();
    for (Object signature : documents) {
      signatures.add(RecordSignature.parse(signature instanceof Map<?, ?> map ? map : Map.of()));
    }
    return new SignedRecord(record, List.copyOf(signatures));
  }

  /** The record itself, without signatures. */
  public Map<String, Object> record() {
    return new LinkedHashMap<>(record);
  }

  /** SHA-256 of the record's canonical JSON without signatures, hex. */
  public String hash() {
    return sha256(CanonicalJson.bytes(record));
  }

  /** The same with one signature more. */
  public SignedRecord signedBy(RecordSigner signer, Clock clock) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    byte[] message = RecordSignature.message(record, signer.name(), now);
    List<RecordSignature> all = new ArrayList<>(signatures);
    all.add(new RecordSignature(signer.name(), now, signer.publicKey(), signer.sign(message)));
    return new SignedRecord(record, List.copyOf(all));
  }

  /**
   * Checks every signature.
   *
   * @param trusted the keys whose owners the verifier knows
   * @throws CustodyException.AuthenticationFailed if a signature does not fit the record, or a
   *     trusted key has not signed it
   */
  public List<Verdict> verify(List<PublicKey> trusted) {
    List<Verdict> verdicts =
        signatures.stream()
            .map(signature ->
                new Verdict(
                    signature.signer(),
                    signature.signed(),
                    RecordSignature.fingerprint(signature.publicKey()),
                    signature.verifies(record),
                    trusted.stream().anyMatch(signature::madeWith)))
            .toList();
    for (Verdict verdict : verdicts) {
      if (!verdict.fits()) {
        throw new CustodyException.AuthenticationFailed(
            "the signature of \"%s\" does not fit: the record was changed, or the signature is not his; get the original"
                .formatted(verdict.signer()));
      }
    }
    for (PublicKey key : trusted) {
      if (signatures.stream().noneMatch(signature -> signature.madeWith(key))) {
        throw new CustodyException.AuthenticationFailed(
            "the key with the fingerprint %s has not signed this record"
                .formatted(RecordSignature.fingerprint(key)));
      }
    }
    return verdicts;
  }

  /** The JSON document, UTF-8, with line ends. */
  public byte[] toJson() {
    Map<String, Object> document = new LinkedHashMap<>(record);
    document.put(SIGNATURES, signatures.stream().map(RecordSignature::document).toList());
    return CanonicalJson.pretty(document);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
