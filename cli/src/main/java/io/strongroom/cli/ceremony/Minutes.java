package io.strongroom.cli.ceremony;

import io.strongroom.custody.ceremony.CeremonyRecord;
import io.strongroom.custody.ceremony.RecordSigner;
import io.strongroom.custody.ceremony.SignedRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a ceremony's record, from its beginning until it is signed. For one thread.
 *
 * <p>The machine signs first, where an HSM is at hand; then the officers whose keys are.
 */
public final class Minutes {

  /**
   * What those present say about the ceremony.
   *
   * @param location where; null if nobody said
   * @param purpose what for; null if nobody said
   * @param witnesses who saw it
   */
  public record Particulars(
      @Nullable String location, @Nullable String purpose, List<String> witnesses) {}

  /** A record that is signed, its id, and how people read it. */
  public record Signed(String id, SignedRecord record, String transcript) {}

  private final String id = UUID.randomUUID().toString();
  private final Clock clock;
  private final Instant started;
  private final CeremonyRecord record;

  /**
   * Begins the record.
   *
   * @param kind {@code import} or {@code issue}
   * @param tool this program's name and version
   */
  public Minutes(String kind, String tool, Particulars particulars, Clock clock) {
    this.clock = clock;
    this.started = clock.instant();
    this.record =
        new CeremonyRecord(id, kind)
            .put("location", particulars.location())
            .put("purpose", particulars.purpose())
            .put("witnesses", particulars.witnesses().isEmpty() ? null : particulars.witnesses())
            .put("host", host())
            .put("tool", tool)
            .put("java", System.getProperty("java.runtime.version"));
  }

  /** What is written down so far. */
  public CeremonyRecord record() {
    return record;
  }

  /** Ends the record with its outcome, and has it signed. */
  public Signed end(String outcome, List<RecordSigner> signers) {
    record.put("outcome", outcome).time(started, clock.instant());
    SignedRecord signed = record.unsigned();
    for (RecordSigner signer : signers) {
      signed = signed.signedBy(signer, clock);
    }
    return new Signed(id, signed, Transcript.of(signed.record(), signed.hash()));
  }

  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
