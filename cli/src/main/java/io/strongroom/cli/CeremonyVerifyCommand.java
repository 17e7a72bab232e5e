package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.ceremony.SignedRecord;
import io.strongroom.custody.ceremony.SignedRecord.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code strongroom ceremony verify}: whether a record is what its signers signed. */
@Command(
    name = "verify",
    description = {
      "Check every signature of a ceremony's record, and that the owners of these keys have signed"
          + " it",
      "(exit code 6 if not)."
    },
    mixinStandardHelpOptions = true)
final class CeremonyVerifyCommand implements Callable<Integer> {
  static final int MAX_RECORD_BYTES = 1 << 20;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PlainOptions plain = new PlainOptions();

  @Parameters(paramLabel = "RECORD", description = "The record's JSON file.")
  Path file = Path.of("");

  @Option(
      names = "--public-key",
      required = true,
      paramLabel = "F.pem",
      description = "The key of somebody whose signature is needed; may be repeated.")
  List<Path> publicKeys = List.of();

  @Override
  public Integer call() {
    SignedRecord record = SignedRecord.parse(Io.read(file, MAX_RECORD_BYTES));
    List<Verdict> verdicts =
        record.verify(publicKeys.stream().map(CeremonyOptions::publicKey).toList());
    Map<String, @Nullable Object> document = document();
    document.put("result", "intact");
    for (String name : List.of("id", "kind", "outcome", "keyId", "kcv", "started", "ended")) {
      document.put(name, record.record().get(name));
    }
    document.put("recordSha256", record.hash());
    document.put("signatures", verdicts.stream().map(CeremonyVerifyCommand::of).toList());
    plain.output(spec).one(document);
    return ExitCode.DONE;
  }

  private static Map<String, @Nullable Object> of(Verdict verdict) {
    Map<String, @Nullable Object> document = document();
    document.put("signer", verdict.signer());
    document.put("signed", verdict.signed().toString());
    document.put("publicKeySha256", verdict.publicKeySha256());
    document.put("fits", verdict.fits());
    document.put("trusted", verdict.trusted());
    return document;
  }
}
