package io.strongroom.benchmarks;

import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The token that all contestants use, each in a process of its own. Immutable. */
final class BenchmarkToken {
  private static final String LABEL = "benchmarks";

  /** As many as the most threads, so that none waits for another. */
  static final int SESSIONS = 32;

  private final SoftHsmToken token;
  private final Path library;

  private BenchmarkToken(SoftHsmToken token, Path library) {
    this.token = token;
    this.library = library;
  }

  /** Makes a token with the keys of all operations, as token keys that never leave. */
  static BenchmarkToken create(Path dir) throws IOException, InterruptedException {
    BenchmarkToken made = of(SoftHsmToken.create(dir, LABEL));
    int exitCode =
        made.java(Provision.class)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (exitCode != 0) {
      throw new IOException("the keys could not be made in " + dir + "; see above");
    }
    return made;
  }

  /** The token that {@link #create} made, through this library. */
  static BenchmarkToken open(Path dir, Path library) {
    return new BenchmarkToken(SoftHsmToken.open(dir), library);
  }

  private static BenchmarkToken of(SoftHsmToken token) {
    return new BenchmarkToken(token, token.library());
  }

  /** A library through which its calls can be slowed down; the caller's to close. */
  FaultyLibrary slowLibrary() {
    return FaultyLibrary.over(token);
  }

  /** The same token through another library. */
  BenchmarkToken through(Path other) {
    return new BenchmarkToken(token, other);
  }

  String url() {
    return token.url(library) + "&x-sessions=" + SESSIONS;
  }

  String label() {
    return token.label();
  }

  Path library() {
    return library;
  }

  Path pinFile() {
    return token.userPin();
  }

  /** The user's PIN, for peers that take it as characters. */
  char[] pin() throws IOException {
    return Files.readString(token.userPin()).strip().toCharArray();
  }

  void delete() {
    token.delete();
  }

  /** A JVM with this token's environment: {@code main} gets folder and library, then the rest. */
  ProcessBuilder java(Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                token.dir().toString(),
                library.toString()));
    command.addAll(List.of(arguments));
    return process(command);
  }

  /** A process with this token's environment. */
  ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SOFTHSM2_CONF", token.conf().toString());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    return builder;
  }
}
