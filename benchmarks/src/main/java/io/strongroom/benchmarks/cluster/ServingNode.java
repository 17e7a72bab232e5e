package io.strongroom.benchmarks.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A node's process. It ends with this one, because it watches its standard input. */
final class ServingNode implements AutoCloseable {
  private static final int START_SECONDS = 180;
  private static final int STOP_SECONDS = 20;

  private final Process process;
  private final Path log;
  private final CompletableFuture<Void> ready;

  private ServingNode(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.ready = CompletableFuture.runAsync(this::readReady);
  }

  /** Starts it; {@link #awaitReady} waits for it. */
  static ServingNode start(Path folder) throws IOException {
    Path log = folder.resolve("node.log");
    Process process =
        Jvm.of(
                "io.strongroom.cli.Strongroom",
                List.of("node", "serve", "--dir", folder.toString(), "--until-stdin-ends"))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    // One that hangs does not see its standard input end.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ServingNode(process, log);
  }

  private void readReady() {
    try {
      String line = process.inputReader().readLine();
      if (line == null || !line.startsWith("ready ")) {
        throw new IllegalStateException("said \"" + line + "\" instead of ready; see " + log);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot be read; see " + log, e);
    }
  }

  void awaitReady() throws Exception {
    ready.get(START_SECONDS, TimeUnit.SECONDS);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** As {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
  }

  /** As {@code kill -STOP} does: it hangs, and its connections stay. */
  void stop() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** Lets it go on. */
  void goOn() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    try {
      goOn();
      process.destroy();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
