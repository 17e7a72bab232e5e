package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.Ciphertext;
import io.strongroom.custody.KeyService;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code strongroom encrypt}: up to 4096 bytes, directly under a key. */
@Command(name = "encrypt", description = "Encrypt up to 4096 bytes under a key.")
final class EncryptCommand extends CustodyCall {
  @Option(names = "--key", required = true, paramLabel = "K", description = "The key, or alias.")
  String key = "";

  @Mixin DataOptions data = new DataOptions();

  private byte[] plaintext = {};

  @Override
  void prepare() {
    data.check(spec);
    plaintext = data.read(KeyService.MAX_PLAINTEXT_BYTES);
  }

  @Override
  int run(CustodySession session, Output output) {
    Ciphertext ciphertext = session.keys().encrypt(key, plaintext, data.context(spec));
    byte[] bytes = ciphertext.encode();
    data.write(bytes, output);
    if (output.json() || data.out != null) {
      Map<String, @Nullable Object> document = document();
      document.put("keyId", ciphertext.keyId().toString());
      document.put("alias", key.startsWith("alias/") ? key : null);
      document.put("version", ciphertext.keyVersion());
      document.put("bytes", bytes.length);
      document.put("out", data.out == null ? null : data.out.toString());
      document.put(
          "ciphertext", data.out == null ? Base64.getEncoder().encodeToString(bytes) : null);
      output.one(document);
    }
    return ExitCode.DONE;
  }
}
