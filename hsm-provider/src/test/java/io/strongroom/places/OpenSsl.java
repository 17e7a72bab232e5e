package io.strongroom.places;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/** The program openssl, which shares no code with us. */
final class OpenSsl {

  private static final int TIMEOUT_SECONDS = 300;

  private final Path dir;

  OpenSsl(Path dir) {
    this.dir = dir;
  }

  /** Runs a command in the folder; what it said, and its exit code. */
  Answer run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Path said = Files.createTempFile(dir, "openssl", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("openssl does not end: " + command);
      }
    } finally {
      process.destroyForcibly();
    }
    return new Answer(process.exitValue(), Files.readString(said));
  }

  /** What a command answered. */
  record Answer(int exitCode, String text) {}

  void write(String name, byte[] bytes) throws IOException {
    Files.write(dir.resolve(name), bytes);
  }

  byte[] read(String name) throws IOException {
    return Files.readAllBytes(dir.resolve(name));
  }

  void writePem(String name, X509Certificate certificate) throws IOException {
    StringWriter pem = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
      writer.writeObject(certificate);
    }
    Files.writeString(dir.resolve(name), pem.toString());
  }
}
