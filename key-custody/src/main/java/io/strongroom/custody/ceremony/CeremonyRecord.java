package io.strongroom.custody.ceremony;

import io.strongroom.custody.WrappingAlgorithm;
import java.security.PublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what happens in a ceremony: who, when, where, with which tool, check values,
 * fingerprints, outcome; never material. For one thread.
 */
public final class CeremonyRecord {

  /** What the member {@code format} of every record says. */
  public static final String FORMAT = "strongroom ceremony record 1";

  /**
   * One custodian's turn.
   *
   * @param name who
   * @param part what may be known of his component or share
   * @param started when his turn began
   * @param ended when it ended
   * @param attempts how many times he entered it
   */
  public record Turn(String name, Part part, Instant started, Instant ended, int attempts) {}

  private final Map<String, Object> document = new LinkedHashMap<>();

  /** A record that says nothing but its id and what kind of ceremony it is of. */
  public CeremonyRecord(String id, String kind) {
    document.put("format", FORMAT);
    document.put("id", id);
    document.put("kind", kind);
  }

  /** Adds a particular, if there is one: a text, an integer, or a list or map of such. */
  public CeremonyRecord put(String name, @Nullable Object value) {
    if (value != null) {
      document.put(name, value);
    }
    return this;
  }

  /** When it was held. */
  public CeremonyRecord time(Instant started, Instant ended) {
    return put("started", text(started)).put("ended", text(ended));
  }

  /** What the key is made of. */
  public CeremonyRecord scheme(Scheme scheme) {
    return switch (scheme) {
      case Scheme.Components components ->
          put("scheme", "xor").put("components", components.custodians());
      case Scheme.Shares shares ->
          put("scheme", "shamir")
              .put("threshold", shares.custodians())
              .put("shares", shares.shares());
    };
  }

  /** Whose turns there were. */
  public CeremonyRecord custodians(List<Turn> turns) {
    return put("custodians", turns.stream().map(CeremonyRecord::of).toList());
  }

  /** What the key was wrapped under, and the SHA-256 of the result. */
  public CeremonyRecord wrapping(
      WrappingAlgorithm algorithm, PublicKey publicKey, byte[] token, byte[] wrapped) {
    Map<String, Object> wrapping = new LinkedHashMap<>();
    wrapping.put("algorithm", algorithm.name());
    wrapping.put("publicKeySha256", RecordSignature.fingerprint(publicKey));
    wrapping.put("tokenSha256", SignedRecord.sha256(token));
    wrapping.put("wrappedSha256", SignedRecord.sha256(wrapped));
    wrapping.put("wrappedBytes", wrapped.length);
    return put("wrapping", wrapping);
  }

  /** What was written down so far, unsigned. */
  public SignedRecord unsigned() {
    return SignedRecord.of(document);
  }

  private static Map<String, Object> of(Turn turn) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", turn.name());
    entry.put("number", turn.part().number());
    entry.put("checkValue", turn.part().checkValue());
    if (turn.part().set() != null) {
      entry.put("set", turn.part().set());
    }
    entry.put("started", text(turn.started()));
    entry.put("ended", text(turn.ended()));
    entry.put("attempts", turn.attempts());
    return entry;
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
