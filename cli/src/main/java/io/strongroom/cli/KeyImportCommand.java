package io.strongroom.cli;

import io.strongroom.custody.MaterialImport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code strongroom key import}: wrapped material becomes a key's. */
@Command(
    name = "import",
    description = {
      "Import wrapped material into a key. It is opened inside the HSM and tried out there;",
      "whatever is wrong with it, nothing of it stays, and the token can be used again."
    })
final class KeyImportCommand extends CustodyCall {
  @Option(names = "--key", required = true, paramLabel = "K", description = "The key, or alias.")
  String key = "";

  @Mixin MaterialOptions material = new MaterialOptions();

  @Option(names = "--dry-run", description = "Check everything, and keep nothing.")
  boolean dryRun;

  @Override
  void prepare() {
    material.read(spec);
  }

  @Override
  int run(CustodySession session, Output output) {
    MaterialImport wrapped = material.read(spec);
    output.one(
        dryRun
            ? Documents.of(session.keys().tryKeyMaterial(key, wrapped))
            : Documents.of(session.keys().importKeyMaterial(key, wrapped)));
    return ExitCode.DONE;
  }
}
