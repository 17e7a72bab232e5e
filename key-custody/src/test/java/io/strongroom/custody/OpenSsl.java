package io.strongroom.custody;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Wraps material with the {@code openssl} command, as an owner of material would. */
final class OpenSsl {

  private OpenSsl() {}

  static byte[] oaepSha1(PublicKey key, byte[] material) {
    return oaep(key, material, "sha1");
  }

  static byte[] oaep(PublicKey key, byte[] material, String digest) {
    return inFolder(dir -> {
      Path pem = Files.write(dir.resolve("key.der"), key.getEncoded());
      return run(
          dir,
          material,
          List.of(
              "pkeyutl",
              "-encrypt",
              "-pubin",
              "-keyform",
              "DER",
              "-inkey",
              pem.toString(),
              "-pkeyopt",
              "rsa_padding_mode:oaep",
              "-pkeyopt",
              "rsa_oaep_md:" + digest,
              "-pkeyopt",
              "rsa_mgf1_md:" + digest));
    });
  }

  /** The two steps of RSA AES key wrap. */
  static byte[] rsaAes(PublicKey key, byte[] material, byte[] ephemeral, String digest) {
    byte[] first = oaep(key, ephemeral, digest);
    byte[] second =
        inFolder(dir ->
            run(
                dir,
                material,
                List.of(
                    "enc",
                    "-id-aes256-wrap-pad",
                    "-K",
                    HexFormat.of().formatHex(ephemeral),
                    "-iv",
                    "A65959A6")));
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] run(Path dir, byte[] input, List<String> arguments)
      throws IOException, InterruptedException {
    Path in = Files.write(dir.resolve("in"), input);
    Path out = dir.resolve("out");
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    command.addAll(List.of("-in", in.toString(), "-out", out.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IllegalStateException("openssl " + arguments.getFirst() + " failed: " + said);
    }
    return Files.readAllBytes(out);
  }

  private static byte[] inFolder(Work work) {
    try {
      Path dir = Files.createTempDirectory("strongroom-openssl-");
      try {
        return work.in(dir);
      } finally {
        for (String name : List.of("in", "out", "key.der")) {
          Files.deleteIfExists(dir.resolve(name));
        }
        Files.delete(dir);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("openssl could not be run; install it", e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private interface Work {
    byte[] in(Path dir) throws IOException, InterruptedException;
  }
}
