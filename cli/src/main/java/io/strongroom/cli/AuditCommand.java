package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.Audits;
import io.strongroom.custody.audit.AuditKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strongroom audit}: what happened, and whether the record of it is whole. */
@Command(
    name = "audit",
    description = "Read, verify and export the audit trail.",
    mixinStandardHelpOptions = true,
    subcommands = {
      AuditTail.class,
      AuditVerify.class,
      AuditExport.class,
      AuditCommand.PublicKey.class
    })
final class AuditCommand extends CommandGroup {

  @Command(
      name = "public-key",
      description = "Show the key that checkpoints are verified with, for an auditor to keep.")
  static final class PublicKey extends AuditCall {
    @Option(names = "--out", paramLabel = "F.pem", description = "Where the key goes, as PEM.")
    @Nullable Path out;

    @Override
    void prepare() {
      if (out != null) {
        Io.requireWritable(out);
      }
    }

    @Override
    boolean asksHsm() {
      return true;
    }

    @Override
    int run(Audits audits, Output output) {
      Audits.Key found = audits.publicKey();
      AuditKey key = found.key();
      if (out != null) {
        Io.write(out, key.toPem().getBytes(StandardCharsets.US_ASCII));
      }
      Map<String, @Nullable Object> document = document();
      document.put("fingerprint", key.fingerprint());
      document.put("algorithm", key.publicKey().getAlgorithm());
      document.put("source", found.fromHsm() ? "hsm" : "store");
      document.put("publicKey", out == null ? key.toBase64() : out.toString());
      output.one(document);
      return ExitCode.DONE;
    }
  }
}
