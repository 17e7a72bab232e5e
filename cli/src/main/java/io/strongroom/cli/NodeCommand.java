package io.strongroom.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.strongroom.cli.local.NodePlace;
import io.strongroom.cluster.node.HsmNode;
import io.strongroom.cluster.node.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code strongroom node}: one process in front of one token. */
@Command(
    name = "node",
    description = "Make and run a node in front of a token.",
    mixinStandardHelpOptions = true,
    subcommands = {NodeInitCommand.class, NodeCommand.Serve.class})
final class NodeCommand extends CommandGroup {

  @Command(
      name = "serve",
      description = {
        "Serve a token. Prints \"ready <name> <address>\" on standard output when it serves;",
        "drains on SIGTERM."
      },
      mixinStandardHelpOptions = true)
  static final class Serve implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin CommonOptions common = new CommonOptions();

    @Option(names = "--dir", required = true, paramLabel = "D", description = "The node's folder.")
    Path dir = Path.of("");

    @Option(
        names = "--until-stdin-ends",
        description =
            "Drain and end when standard input ends: a parent process that dies takes the node"
                + " with it.")
    boolean untilStdinEnds;

    @Override
    public Integer call() throws InterruptedException {
      NodeConfig config = NodeConfig.read(dir.resolve("node.yaml"));
      logEvents();
      CountDownLatch stop = new CountDownLatch(1);
      CountDownLatch stopped = new CountDownLatch(1);
      try (HsmNode node = HsmNode.start(dir.resolve("node.yaml"))) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(stop, stopped), "drain"));
        if (untilStdinEnds) {
          Thread.ofPlatform().daemon().name("stdin").start(() -> awaitEnd(stop));
        }
        say(config, node);
        stop.await();
      } finally {
        stopped.countDown();
      }
      return ExitCode.DONE;
    }

    // A node's events are its operator's; other commands only tell of errors.
    private static void logEvents() {
      if (System.getenv("STRONGROOM_LOG_LEVEL") == null) {
        setLevel("io.strongroom", Level.INFO);
        setLevel("io.netty", Level.ERROR);
        setLevel("io.vertx", Level.ERROR);
      }
    }

    private static void setLevel(String name, Level level) {
      if (LoggerFactory.getLogger(name) instanceof Logger logger) {
        logger.setLevel(level);
      }
    }

    private void say(NodeConfig config, HsmNode node) {
      Output output = common.output(spec);
      String address = node.address().getHostString() + ":" + node.address().getPort();
      if (output.json()) {
        output.one(Documents.of(new NodePlace(node.name(), config.zone(), address, dir)));
      } else {
        output.line("ready " + node.name() + " " + address);
      }
    }

    // The JVM ends when its hooks have: this one waits until the node has answered what it owes.
    private static void drain(CountDownLatch stop, CountDownLatch stopped) {
      stop.countDown();
      try {
        stopped.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void awaitEnd(CountDownLatch stop) {
      try {
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        stop.countDown();
      }
    }
  }
}
