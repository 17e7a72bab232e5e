package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.Audits;
import io.strongroom.custody.audit.AuditRange;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strongroom audit export}: the trail as JSON Lines, for other tools. */
@Command(
    name = "export",
    description = {
      "Write the trail as JSON Lines in CloudTrail's field names; needs the store only.",
      "The file can be verified by itself: audit verify --file F --public-key F.pem"
    })
final class AuditExport extends AuditCall {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  @Option(names = "--out", paramLabel = "F", description = "Where to (default: standard output).")
  @Nullable Path out;

  @Option(
      names = "--from",
      paramLabel = "WHEN",
      description = "The first record: a time like 2027-01-31T00:00:00Z, or a record's number.")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "WHEN", description = "The last record, likewise.")
  @Nullable String to;

  private AuditRange range = AuditRange.ALL;

  @Override
  void prepare() {
    range = new AuditRange(number(from, 1), number(to, Long.MAX_VALUE), time(from), time(to));
    if (out != null) {
      Io.requireWritable(out);
    }
  }

  @Override
  int run(Audits audits, Output output) {
    if (out == null) {
      audits.trail().export(range, output::raw);
      output.requireOpen();
      return ExitCode.DONE;
    }
    AtomicLong records = new AtomicLong();
    Io.writeLines(out, line -> records.set(audits.trail().export(range, line)));
    Map<String, @Nullable Object> document = document();
    document.put("records", records.get());
    document.put("out", out.toString());
    output.one(document);
    return ExitCode.DONE;
  }

  private static long number(@Nullable String text, long otherwise) {
    return text != null && NUMBER.matcher(text).matches() ? Long.parseLong(text) : otherwise;
  }

  private static @Nullable Instant time(@Nullable String text) {
    return text == null || NUMBER.matcher(text).matches()
        ? null
        : new InstantConverter().convert(text);
  }
}
