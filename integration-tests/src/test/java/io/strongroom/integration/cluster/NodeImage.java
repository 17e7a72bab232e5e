package io.strongroom.integration.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import org.testcontainers.DockerClientFactory;

/** The container image of a node, built from this checkout. */
final class NodeImage {
  private static final Path SCRIPT =
      Path.of("../softhsm-config/image/build.sh").toAbsolutePath().normalize();

  private NodeImage() {}

  static boolean engineAnswers() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  /** Builds the image, which takes a minute at first and nothing when it is there already. */
  static String build() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(SCRIPT.toString())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String image = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0 || image.isEmpty()) {
      throw new IllegalStateException(
          SCRIPT + " failed; what it said is above. It needs the packaged command: mvn verify");
    }
    return image;
  }
}
