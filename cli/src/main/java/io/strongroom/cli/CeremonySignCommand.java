package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.ceremony.RecordSigner;
import io.strongroom.custody.ceremony.SignedRecord;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code strongroom ceremony sign}: custodians and witnesses sign a record afterwards. */
@Command(
    name = "sign",
    description = "Add signatures to a ceremony's record; those that it has must be good.",
    mixinStandardHelpOptions = true)
final class CeremonySignCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PlainOptions plain = new PlainOptions();

  @Parameters(paramLabel = "RECORD", description = "The record's JSON file; it is replaced.")
  Path file = Path.of("");

  @Mixin OfficerOptions officers = new OfficerOptions();

  @Override
  public Integer call() {
    Usage.require(spec, !officers.isEmpty(), "give --sign-key for each who signs");
    Io.requireWritable(file);
    SignedRecord record = SignedRecord.parse(Io.read(file, CeremonyVerifyCommand.MAX_RECORD_BYTES));
    record.verify(List.of());
    for (RecordSigner signer : officers.signers(spec)) {
      record = record.signedBy(signer, Clock.systemUTC());
    }
    Io.write(file, record.toJson());
    Map<String, @Nullable Object> document = document();
    document.put("record", file.toString());
    document.put("recordSha256", record.hash());
    document.put(
        "signers", record.verify(List.of()).stream().map(SignedRecord.Verdict::signer).toList());
    plain.output(spec).one(document);
    return ExitCode.DONE;
  }
}
