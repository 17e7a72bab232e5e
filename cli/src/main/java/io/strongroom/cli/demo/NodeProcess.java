package io.strongroom.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A node as a process of its own: {@code strongroom node serve} in a fresh JVM like this one. It
 * ends with {@link #close}, and also when this process dies, because it watches its standard input.
 */
public final class NodeProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(180);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final Path directory;
  private final Process process;

  private NodeProcess(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /**
   * Starts a node and waits until it says that it serves.
   *
   * @param directory the node's folder, which also gets its log {@code node.log}
   * @throws IllegalStateException if it ends or stays silent; the message names the log
   */
  public static NodeProcess start(Path directory) {
    return start(directory, Map.of());
  }

  /**
   * The same with more environment variables than this process has.
   *
   * @throws IllegalStateException as above
   */
  public static NodeProcess start(Path directory, Map<String, String> environment) {
    Path log = directory.resolve("node.log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command(directory))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      NodeProcess node = new NodeProcess(directory, builder.start());
      node.awaitReady(log);
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException("node " + directory + " cannot be started", e);
    }
  }

  /** The process's id. */
  public long pid() {
    return process.pid();
  }

  /** True while the process runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** Ends it as {@code kill -9} does: no drain, no clean-up. */
  public void kill() {
    process.destroyForcibly();
    await(STOP_LIMIT);
  }

  /** Ends it with SIGTERM, which drains; with force if it takes too long. */
  @Override
  public void close() {
    process.destroy();
    if (!await(STOP_LIMIT)) {
      kill();
    }
  }

  private boolean await(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      return false;
    }
  }

  private void awaitReady(Path log) {
    CompletableFuture<@Nullable String> first =
        CompletableFuture.supplyAsync(this::firstLine, task -> Thread.ofVirtual().start(task));
    try {
      String line = first.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (line != null && line.startsWith("ready ")) {
        return;
      }
      throw notReady("said \"" + line + "\" instead of ready", log);
    } catch (TimeoutException e) {
      throw notReady("was not ready within " + START_LIMIT.toSeconds() + " s", log);
    } catch (ExecutionException e) {
      throw notReady("could not be read: " + e.getCause(), log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notReady("was interrupted", log);
    }
  }

  private @Nullable String firstLine() {
    try {
      BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
      return reader.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private IllegalStateException notReady(String what, Path log) {
    process.destroyForcibly();
    return new IllegalStateException(
        "node " + directory.getFileName() + " " + what + "; its log is " + log + tail(log));
  }

  private static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "" : ", which ends: " + lines.getLast();
    } catch (IOException e) {
      return "";
    }
  }

  private static List<String> command(Path directory) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Three nodes start at once on one machine: light compilation halves what that costs.
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "--sun-misc-unsafe-memory-access=allow"));
    String modulePath = System.getProperty("jdk.module.path");
    if (modulePath == null) {
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add("io.strongroom.cli.Strongroom");
    } else {
      command.add(
          "--enable-native-access=ALL-UNNAMED,io.strongroom.provider,io.strongroom.softhsm");
      command.addAll(List.of("--module-path", modulePath));
      command.addAll(List.of("-m", "io.strongroom.cli/io.strongroom.cli.Strongroom"));
    }
    command.addAll(List.of("node", "serve", "--dir", directory.toString(), "--until-stdin-ends"));
    return command;
  }
}
