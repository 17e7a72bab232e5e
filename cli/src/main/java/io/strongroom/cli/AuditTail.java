package io.strongroom.cli;

import io.strongroom.custody.Audits;
import io.strongroom.custody.audit.AuditFilter;
import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.custody.audit.AuditTrail;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strongroom audit tail}: the last records, and those that come. */
@Command(name = "tail", description = "Show the last records; needs the store only.")
final class AuditTail extends AuditCall {

  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final String[] COLUMNS = {
    "sequence", "time", "principal", "operation", "alias", "keyId", "result"
  };

  @Option(
      names = {"-n", "--lines"},
      defaultValue = "20",
      paramLabel = "N",
      description = "How many (default: ${DEFAULT-VALUE}).")
  int count;

  @Option(names = "--principal", paramLabel = "P", description = "Only what this principal did.")
  @Nullable String principal;

  @Option(names = "--operation", paramLabel = "O", description = "Only this, encrypt for example.")
  @Nullable String operation;

  @Option(names = "--key", paramLabel = "K", description = "Only this key's id, or this alias.")
  @Nullable String key;

  @Option(
      names = "--follow",
      description = "Go on with records as they are written, one line each, until interrupted.")
  boolean follow;

  @Override
  void prepare() {
    Usage.require(spec, count >= 1, "-n is at least 1, not " + count);
  }

  @Override
  int run(Audits audits, Output output) {
    AuditFilter filter = new AuditFilter(principal, operation, key);
    AuditTrail trail = audits.trail();
    if (!follow) {
      output.many(trail.tail(filter, count).stream().map(Documents::of).toList(), COLUMNS);
      return ExitCode.DONE;
    }
    List<AuditRecord> last = trail.tail(1);
    last.forEach(record -> trail.tail(filter, count).forEach(r -> show(output, r)));
    return follow(trail, filter, output, last.isEmpty() ? 0 : last.getFirst().sequence());
  }

  private int follow(AuditTrail trail, AuditFilter filter, Output output, long from) {
    long seen = from;
    try {
      while (output.isOpen()) {
        for (AuditRecord record : trail.since(filter, seen)) {
          show(output, record);
          seen = record.sequence();
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.DONE;
  }

  private static void show(Output output, AuditRecord record) {
    output.each(Documents.of(record), COLUMNS);
  }
}
