package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.local.PublicKeyPem;
import io.strongroom.custody.ceremony.HsmRecordSigner;
import io.strongroom.hsm.Hsm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom ceremony signing-key}: what auditors verify the HSM's signatures with. */
@Command(
    name = "signing-key",
    description = "Get the public key with which the HSM's signatures of records are verified.",
    mixinStandardHelpOptions = true)
final class CeremonySigningKeyCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Option(names = "--out", required = true, paramLabel = "F.pem", description = "Where it goes.")
  Path out = Path.of("");

  @Override
  public Integer call() {
    common.hsmUrl(spec);
    Io.requireWritable(out);
    try (Hsm hsm = common.openHsm(spec, null)) {
      PublicKey key = new HsmRecordSigner(hsm).publicKey();
      Io.write(out, PublicKeyPem.of(key).getBytes(StandardCharsets.US_ASCII));
      Map<String, @Nullable Object> document = document();
      document.put("label", HsmRecordSigner.KEY_LABEL);
      document.put("publicKey", out.toString());
      common.output(spec).one(document);
      return ExitCode.DONE;
    }
  }
}
