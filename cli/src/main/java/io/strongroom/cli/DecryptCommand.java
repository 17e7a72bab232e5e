package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.Ciphertext;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code strongroom decrypt}: the ciphertext names its key. */
@Command(name = "decrypt", description = "Decrypt what encrypt made; it names its key.")
final class DecryptCommand extends CustodyCall {
  private static final int MAX_CIPHERTEXT_BYTES = 8 * 1024;

  @Mixin DataOptions data = new DataOptions();

  private byte[] bytes = {};

  @Override
  void prepare() {
    data.check(spec);
    bytes = data.read(MAX_CIPHERTEXT_BYTES);
  }

  @Override
  int run(CustodySession session, Output output) {
    byte[] plaintext = session.keys().decrypt(bytes, data.context(spec));
    data.write(plaintext, output);
    if (output.json() || data.out != null) {
      Ciphertext ciphertext = Ciphertext.parse(bytes);
      Map<String, @Nullable Object> document = document();
      document.put("keyId", ciphertext.keyId().toString());
      document.put("version", ciphertext.keyVersion());
      document.put("bytes", plaintext.length);
      document.put("out", data.out == null ? null : data.out.toString());
      document.put(
          "plaintext", data.out == null ? Base64.getEncoder().encodeToString(plaintext) : null);
      output.one(document);
    }
    return ExitCode.DONE;
  }
}
