package io.strongroom.cli;

import io.strongroom.custody.Custody;
import io.strongroom.hsm.Hsm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that every command has, and what they open. */
final class CommonOptions {
  private static final String CLUSTER = "cluster:";

  @Option(names = "--json", description = "Print one JSON document on standard output.")
  boolean json;

  @Option(names = "--verbose", description = "Print the stack of an error.")
  boolean verbose;

  @Option(
      names = "--hsm",
      paramLabel = "URL",
      description = "The HSM: pkcs11:… or cluster:PATH (default: $STRONGROOM_HSM).")
  @Nullable String hsm;

  @Option(
      names = "--store",
      paramLabel = "URL",
      description =
          "Custody's store, sqlite:PATH or postgresql:… (default: $STRONGROOM_STORE, else custody.db in the user's"
              + " data folder).")
  @Nullable String store;

  @Option(
      names = "--as",
      paramLabel = "PRINCIPAL",
      description = "For whom (default: $STRONGROOM_AS, else the system user).")
  @Nullable String principal;

  Output output(CommandSpec spec) {
    return new Output(spec.commandLine().getOut(), json);
  }

  /** The HSM's URL. */
  String hsmUrl(CommandSpec spec) {
    String url = first(hsm, System.getenv("STRONGROOM_HSM"));
    if (url == null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "no HSM is named; give --hsm URL or set STRONGROOM_HSM, for example"
              + " cluster:D/cluster.yaml");
    }
    return url;
  }

  /** Whether an HSM is named at all. */
  boolean namesHsm() {
    return first(hsm, System.getenv("STRONGROOM_HSM")) != null;
  }

  /** The HSM's URL, which has to be a cluster's. */
  String clusterUrl(CommandSpec spec) {
    String url = hsmUrl(spec);
    Usage.require(
        spec,
        url.regionMatches(true, 0, CLUSTER, 0, CLUSTER.length()),
        "--hsm names no cluster; give cluster:PATH of a cluster.yaml");
    return url;
  }

  /** Custody's store, its folder made if need be. */
  String storeUrl() {
    String url = first(store, System.getenv("STRONGROOM_STORE"));
    if (url != null && url.startsWith("postgresql:")) {
      // Its driver logs there, in lines of a form of its own, what its exceptions say too.
      LogManager.getLogManager().reset();
    }
    return url == null ? "sqlite:" + defaultStore() : url;
  }

  String principal() {
    String name = first(principal, System.getenv("STRONGROOM_AS"));
    return name == null ? System.getProperty("user.name", "unknown") : name;
  }

  /** Opens the HSM that the command's parameter names, or else the options. */
  Hsm openHsm(CommandSpec spec, @Nullable String url) {
    return Hsm.open(url == null ? hsmUrl(spec) : url);
  }

  /** Opens custody for the length of one command. */
  CustodySession open(CommandSpec spec) {
    return open(spec, Custody::open);
  }

  /** Opens custody without putting away what a crash or time has left. */
  CustodySession openAsItIs(CommandSpec spec) {
    return open(spec, Custody::openAsItIs);
  }

  /** How custody is opened. */
  private interface Opening {
    Custody open(Hsm hsm, String storeUrl, Clock clock);
  }

  private CustodySession open(CommandSpec spec, Opening opening) {
    Hsm device = openHsm(spec, null);
    try {
      return new CustodySession(
          device, opening.open(device, storeUrl(), Clock.systemUTC()), principal());
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  private static Path defaultStore() {
    String data = first(System.getenv("XDG_DATA_HOME"), null);
    Path base =
        data == null || !Path.of(data).isAbsolute()
            ? Path.of(System.getProperty("user.home"), ".local", "share")
            : Path.of(data);
    Path folder = base.resolve("strongroom");
    try {
      // Only for its owner, as the XDG base directory specification wants it.
      var ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      return Files.createDirectories(folder, ownerOnly).resolve("custody.db");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the data folder " + folder + " cannot be made; give --store", e);
    }
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one != null && !one.isBlank() ? one : other != null && !other.isBlank() ? other : null;
  }
}
