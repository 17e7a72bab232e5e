package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.bulk.BulkJob;
import io.strongroom.cli.bulk.BulkReencryption;
import io.strongroom.cli.bulk.Counts;
import io.strongroom.cli.bulk.LineFormat;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.KeyState;
import io.strongroom.custody.Reencrypted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code strongroom reencrypt}: brings ciphertext under another key, one or a file of them. */
@Command(
    name = "reencrypt",
    description = {
      "Bring ciphertext under another key, or the current version of its own: one ciphertext, or",
      "with --bulk every line of a file. What is under it already stays as it is."
    })
final class ReencryptCommand extends CustodyCall {
  private static final int MAX_CIPHERTEXT_BYTES = 8 * 1024;
  private static final int MOST_WORKERS = 256;

  @Option(names = "--key", required = true, paramLabel = "K", description = "The key, or alias.")
  String key = "";

  @Mixin DataOptions data = new DataOptions();

  @Option(
      names = "--to-context",
      paramLabel = "k=v",
      converter = Pair.Converter.class,
      description = "The context from now on (default: the same). May be repeated.")
  List<Pair> toContext = List.of();

  @Option(
      names = "--bulk",
      paramLabel = "F",
      description = "Every line of this file; --out names the file that gets them.")
  @Nullable Path bulk;

  @Option(names = "--field", paramLabel = "NAME", description = "JSON Lines: the field.")
  @Nullable String field;

  @Option(names = "--column", paramLabel = "N", description = "Columns: which, from 1.")
  @Nullable Integer column;

  @Option(
      names = "--separator",
      paramLabel = "C",
      defaultValue = ",",
      description = "What separates columns (default: ${DEFAULT-VALUE}).")
  char separator = ',';

  @Option(
      names = "--context-from",
      paramLabel = "k=FIELD",
      converter = Pair.Converter.class,
      description = "Context whose value each line holds in a field or column. May be repeated.")
  List<Pair> contextFrom = List.of();

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "8",
      description = "Lines at once (default: ${DEFAULT-VALUE}).")
  int workers;

  private byte[] bytes = {};

  @Override
  void prepare() {
    data.check(spec);
    Pair.map(spec, "--to-context", toContext);
    Pair.map(spec, "--context-from", contextFrom);
    if (bulk == null) {
      Usage.require(
          spec,
          field == null && column == null && contextFrom.isEmpty(),
          "--field, --column and --context-from are for --bulk");
      bytes = data.read(MAX_CIPHERTEXT_BYTES);
      return;
    }
    Usage.require(spec, data.in == null && data.out != null, "--bulk F takes --out F2 and no --in");
    Usage.require(spec, field == null || column == null, "give --field or --column, not both");
    Usage.require(spec, column == null || column >= 1, "--column counts from 1");
    Usage.require(
        spec,
        workers >= 1 && workers <= MOST_WORKERS,
        "--workers is 1 to " + MOST_WORKERS + ", not " + workers);
    Io.requireReadable(bulk);
  }

  @Override
  int run(CustodySession session, Output output) {
    return bulk == null ? one(session, output) : many(session, output, bulk);
  }

  private int one(CustodySession session, Output output) {
    Map<String, String> context = data.context(spec);
    Reencrypted result = session.keys().reencrypt(key, bytes, context, toContext(context));
    byte[] fresh = result.ciphertext().encode();
    data.write(fresh, output);
    if (output.json() || data.out != null) {
      Map<String, @Nullable Object> document = document();
      document.put("keyId", result.ciphertext().keyId().toString());
      document.put("alias", key.startsWith("alias/") ? key : null);
      document.put("version", result.ciphertext().keyVersion());
      document.put("changed", result.changed());
      document.put("out", data.out == null ? null : data.out.toString());
      document.put(
          "ciphertext", data.out == null ? Base64.getEncoder().encodeToString(fresh) : null);
      output.one(document);
    }
    return ExitCode.DONE;
  }

  private int many(CustodySession session, Output output, Path in) {
    CmkDescription target = session.keys().describe(key);
    if (target.state() != KeyState.ENABLED) {
      spec.commandLine()
          .getErr()
          .printf(
              "strongroom: key %s is %s; re-encrypt to an Enabled key%n",
              target.keyId(), target.state());
      return ExitCode.REFUSED;
    }
    BulkJob job = job(in);
    Counts counts;
    try (ProgressLine progress = ProgressLine.of(spec, "re-encrypted")) {
      counts =
          new BulkReencryption(
                  session.keys(),
                  job,
                  done ->
                      progress.update("%d lines, %d failed".formatted(done.lines(), done.failed())))
              .run();
    } catch (IOException e) {
      throw new UncheckedIOException(in + " was not re-encrypted", e);
    }
    output.one(summary(target, job, counts));
    return counts.failed() == 0 ? ExitCode.DONE : ExitCode.BAD_INPUT;
  }

  private BulkJob job(Path in) {
    LineFormat format =
        field != null
            ? new LineFormat.JsonField(field)
            : column != null ? new LineFormat.Column(column, separator) : new LineFormat.Whole();
    Map<String, String> to = Pair.map(spec, "--to-context", toContext);
    return new BulkJob(
        key,
        in,
        java.util.Objects.requireNonNull(data.out).toAbsolutePath(),
        format,
        data.context(spec),
        Pair.map(spec, "--context-from", contextFrom),
        to,
        workers);
  }

  private static Map<String, @Nullable Object> summary(
      CmkDescription target, BulkJob job, Counts counts) {
    Map<String, @Nullable Object> document = document();
    document.put("keyId", target.keyId().toString());
    document.put("version", target.version());
    document.put("lines", counts.lines());
    document.put("reencrypted", counts.reencrypted());
    document.put("alreadyCurrent", counts.current());
    document.put("failed", counts.failed());
    document.put("out", job.out().toString());
    document.put("rejects", counts.failed() == 0 ? null : job.rejects().toString());
    return document;
  }

  private Map<String, String> toContext(Map<String, String> context) {
    return toContext.isEmpty() ? context : Pair.map(spec, "--to-context", toContext);
  }
}
