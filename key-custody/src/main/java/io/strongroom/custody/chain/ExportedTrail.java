package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditCheck;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.custody.audit.AuditVerdict.Broken;
import io.strongroom.custody.audit.AuditVerdict.Scope;
import io.strongroom.custody.audit.AuditVerdict.Tampering;
import io.strongroom.custody.chain.CloudTrailLine.OfCheckpoint;
import io.strongroom.custody.chain.CloudTrailLine.OfRecord;
import io.strongroom.custody.chain.CloudTrailLine.Parsed;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.CheckpointRow;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A trail, or a part of one, in a file that {@link CloudTrailExport} has written. */
public final class ExportedTrail {

  private final Path file;

  /** The trail in this file. */
  public ExportedTrail(Path file) {
    this.file = file;
  }

  /**
   * Checks every hash, link and signature, and that each line says what its record does.
   *
   * @throws IllegalArgumentException if the file is no exported trail
   * @throws UncheckedIOException if it cannot be read
   */
  public AuditVerdict verify(AuditCheck check) {
    List<OfCheckpoint> checkpoints = new ArrayList<>();
    Optional<OfRecord> first = read(checkpoints);
    if (first.isEmpty()) {
      throw new IllegalArgumentException("there is no record in " + file);
    }
    String storeId = first.get().storeId();
    TrailCheck work =
        new TrailCheck(
            check, storeId, new TrailCheck.Trusted(check.keys(), "the key that was given", true));
    work.noWitness("a file cannot tell");
    AuditRow row = first.get().row();
    boolean begins = row.sequence() == 1;
    List<CheckpointRow> rows = checkpoints.stream().map(OfCheckpoint::row).toList();
    try (Stream<String> lines = lines()) {
      Iterator<AuditRow> records =
          lines.filter(line -> !line.isBlank()).flatMap(line -> agreed(line, storeId)).iterator();
      return work.verdict(rows, records, begins ? null : row);
    } catch (Altered e) {
      return e.broken;
    }
  }

  /** The first record; notes all checkpoints. */
  private Optional<OfRecord> read(List<OfCheckpoint> checkpoints) {
    OfRecord first = null;
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      long number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        // Every line is read again by the walk; here only what has to be known before.
        if (line.isBlank() || (first != null && !line.contains(CloudTrailLine.CHECKPOINT))) {
          continue;
        }
        switch (CloudTrailLine.parse(line)) {
          case OfCheckpoint checkpoint -> checkpoints.add(checkpoint);
          case OfRecord record -> first = first == null ? record : first;
          case null ->
              throw new IllegalArgumentException(
                  "line %d of %s is no line of an exported trail".formatted(number, file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
    return Optional.ofNullable(first);
  }

  private Stream<String> lines() {
    try {
      return Files.lines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private static Stream<AuditRow> agreed(String line, String storeId) {
    Parsed parsed = CloudTrailLine.parse(line);
    if (parsed == null) {
      throw new IllegalArgumentException(
          "this is no line of an exported trail: "
              + line.substring(0, Math.min(80, line.length())));
    }
    if (!parsed.storeId().equals(storeId) || !CloudTrailLine.agrees(line, parsed)) {
      throw new Altered(parsed);
    }
    return parsed instanceof OfRecord record ? Stream.of(record.row()) : Stream.empty();
  }

  /** Ends the walk at a line that was edited. */
  private static final class Altered extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Broken broken;

    Altered(Parsed parsed) {
      long sequence =
          switch (parsed) {
            case OfRecord of -> of.row().sequence();
            case OfCheckpoint of -> of.row().sequence();
          };
      this.broken =
          new Broken(
              sequence,
              Tampering.EXPORT_ALTERED,
              "the line of %s %d does not say what its additionalEventData does, or is from another store"
                  .formatted(parsed instanceof OfRecord ? "record" : "checkpoint", sequence),
              new Scope(List.of(), List.of("what comes after that line")));
    }
  }
}
