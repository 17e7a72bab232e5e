package io.strongroom.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a key's owner does on his own machine, with the {@code openssl} command. */
final class OpenSsl {
  private OpenSsl() {}

  /** Makes 32 random bytes in a file. */
  static void random(Path out) {
    run("rand", "-out", out.toString(), "32");
  }

  /** Wraps a file's bytes to a public key with RSAES-OAEP, SHA-1 and MGF1 over SHA-1. */
  static void wrapOaepSha1(Path publicKeyPem, Path material, Path out) {
    run(
        "pkeyutl",
        "-encrypt",
        "-pubin",
        "-inkey",
        publicKeyPem.toString(),
        "-in",
        material.toString(),
        "-out",
        out.toString(),
        "-pkeyopt",
        "rsa_padding_mode:oaep",
        "-pkeyopt",
        "rsa_oaep_md:sha1",
        "-pkeyopt",
        "rsa_mgf1_md:sha1");
  }

  private static void run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException("openssl " + arguments[0] + " failed: " + said.strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the openssl command cannot be run; install it (apt-get install openssl)", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while openssl ran", e);
    }
  }
}
