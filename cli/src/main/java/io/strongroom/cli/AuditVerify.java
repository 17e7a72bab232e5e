package io.strongroom.cli;

import io.strongroom.custody.Audits;
import io.strongroom.custody.audit.AuditCheck;
import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.audit.AuditVerdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strongroom audit verify}: whether every record is as it was written. */
@Command(
    name = "verify",
    description = {
      "Check every record; name the first one that was touched (exit code 6).",
      "Needs the store, or an exported file, only. With --hsm it also finds a store that was",
      "restored from an older backup."
    })
final class AuditVerify extends AuditCall {

  private static final int MAX_PEM_BYTES = 16_384;
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  @Option(
      names = "--public-key",
      paramLabel = "F.pem",
      description =
          "The key that checkpoints are signed with, as audit public-key wrote it; may"
              + " be given several times.")
  List<Path> publicKeys = List.of();

  @Option(names = "--file", paramLabel = "F", description = "A file that audit export wrote.")
  @Nullable Path file;

  @Option(names = "--head", paramLabel = "HASH", description = "A head noted elsewhere; --count.")
  @Nullable String head;

  @Option(names = "--count", paramLabel = "N", description = "That head's record number.")
  @Nullable Long count;

  private AuditCheck check = AuditCheck.PLAIN;

  @Override
  void prepare() {
    Usage.require(spec, (head == null) == (count == null), "--head and --count are given together");
    if (head != null && count != null) {
      Usage.require(
          spec,
          HASH.matcher(head).matches() && count >= 1,
          "--head has 64 lower-case hexadecimal digits, and --count is at least 1");
      check = check.withHead(count, head);
    }
    for (Path path : publicKeys) {
      check = check.withKey(key(path));
    }
    check = check.withProgress(Progress.onTerminal(spec, "records checked")::at);
  }

  @Override
  boolean asksHsm() {
    return true;
  }

  @Override
  public Integer call() {
    if (file == null) {
      return super.call();
    }
    prepare();
    return show(Audits.verifyExport(file, check), common.output(spec));
  }

  @Override
  int run(Audits audits, Output output) {
    return show(audits.trail().verify(check), output);
  }

  private int show(AuditVerdict verdict, Output output) {
    output.one(Documents.of(verdict));
    if (verdict instanceof AuditVerdict.Broken broken) {
      tell(
          "the audit trail was touched at record %d: %s"
              .formatted(broken.sequence(), broken.explanation()));
      return ExitCode.AUTHENTICATION_FAILED;
    }
    return ExitCode.DONE;
  }

  private static AuditKey key(Path path) {
    return Audits.key(new String(Io.read(path, MAX_PEM_BYTES), StandardCharsets.US_ASCII));
  }
}
