package io.strongroom.custody.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL server with a folder and a port of its own, durable as in production. It ends
 * with {@link #close}, and by itself when this JVM is gone, however that ended: a shell holds it,
 * and stops it when its standard input ends.
 */
public final class PostgresServer implements AutoCloseable {

  private static final String USER = "custody";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The server must not run as root: then it gets the user that Debian's package has made. */
  private static final String UNPRIVILEGED = "postgres";

  private static final String SUPERVISOR =
      "\"$0\" \"$@\" & server=$!; cat >/dev/null; kill -QUIT $server; wait $server";

  private final Path bin;
  private final Path dir;
  private final int port;
  private Process supervisor;

  private PostgresServer(Path bin, Path dir, int port) throws IOException {
    this.bin = bin;
    this.dir = dir;
    this.port = port;
    this.supervisor = launch();
  }

  /**
   * Makes a server and starts it.
   *
   * @throws IllegalStateException if PostgreSQL is not installed, or does not start
   */
  public static PostgresServer start() {
    Path bin = findBin();
    try {
      Path dir = Files.createTempDirectory("strongroom-postgres-");
      Files.writeString(dir.resolve("password"), UUID.randomUUID().toString());
      handOver(dir);
      run(
          dir,
          bin.resolve("initdb").toString(),
          "--no-sync",
          "--encoding=UTF8",
          "--locale=C",
          "--auth=scram-sha-256",
          "--username=" + USER,
          "--pwfile=" + dir.resolve("password"),
          "--pgdata=" + dir.resolve("data"));
      PostgresServer server = new PostgresServer(bin, dir, freePort());
      server.awaitReady();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The URL of a new, empty store: a schema of its own. */
  public String newStore() {
    String schema = "s" + UUID.randomUUID().toString().replace("-", "");
    execute("CREATE SCHEMA " + schema);
    return url(port) + "&currentSchema=" + schema;
  }

  /** The URL of the server's own database as seen through this port. */
  public String url(int throughPort) {
    return "postgresql://%s@127.0.0.1:%d/postgres?password-file=%s"
        .formatted(USER, throughPort, passwordFile());
  }

  public int port() {
    return port;
  }

  public Path passwordFile() {
    return dir.resolve("password");
  }

  /** Runs SQL as the server's superuser, in the schema of a store. */
  public void execute(String storeUrl, String sql) {
    execute("SET search_path TO " + schema(storeUrl) + "; " + sql);
  }

  /** Runs SQL as the server's superuser. */
  public void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection of the server's superuser, in the schema of a store. */
  public Connection connect(String storeUrl) {
    try {
      Connection connection = connect();
      connection.setSchema(schema(storeUrl));
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many connections of stores there are. */
  public int clients() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'strongroom'")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The schema that a store's URL names. */
  public static String schema(String storeUrl) {
    return storeUrl.substring(storeUrl.lastIndexOf('=') + 1);
  }

  /** Ends the server as a crash would, and starts it again. */
  public void crashAndRestart() {
    crash();
    restart();
  }

  /** Ends the server as a crash would. */
  public void crash() {
    stop();
  }

  /** Starts it again, and waits until it answers. */
  public void restart() {
    try {
      supervisor = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitReady();
  }

  /** Speaks TLS with this certificate and key, both PEM, on connections from now on. */
  public void speakTls(Path certificate, Path key) {
    try {
      setting("ssl_cert_file", "'" + given(certificate, "server.crt") + "'");
      setting("ssl_key_file", "'" + given(key, "server.key") + "'");
      setting("ssl", "on");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reload("on");
  }

  /** Speaks no TLS, as at first. */
  public void speakNoTls() {
    setting("ssl", "off");
    reload("off");
  }

  private void setting(String name, String value) {
    execute("ALTER SYSTEM SET " + name + " = " + value);
  }

  private void reload(String tls) {
    execute("SELECT pg_reload_conf()");
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          try (Connection connection = connect();
              Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery("SHOW ssl")) {
            return rows.next() && rows.getString(1).equals(tls);
          }
        });
  }

  /** A copy of a file that only the server can read. */
  private Path given(Path file, String name) throws IOException {
    Path copy = Files.copy(file, dir.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    if (isRoot()) {
      Files.setOwner(copy, Files.getOwner(dir));
    }
    return copy;
  }

  @Override
  public void close() {
    stop();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            asServerUser(
                "sh",
                "-c",
                SUPERVISOR,
                bin.resolve("postgres").toString(),
                "-D",
                dir.resolve("data").toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories="))
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("log").toFile())
        .start();
  }

  private void awaitReady() {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          if (!supervisor.isAlive()) {
            throw new IllegalStateException(
                "PostgreSQL did not start: " + Files.readString(dir.resolve("log")));
          }
          try (Connection connection = connect()) {
            return connection.isValid(1);
          } catch (SQLException notYet) {
            return false;
          }
        });
  }

  private void stop() {
    try {
      supervisor.getOutputStream().close();
      if (!supervisor.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("PostgreSQL does not stop; its folder is " + dir);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Connection connect() throws SQLException {
    try {
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:" + port + "/postgres?loggerLevel=OFF",
          USER,
          Files.readString(passwordFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(Path dir, String... command) throws IOException {
    Process process =
        new ProcessBuilder(asServerUser(command))
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command[0] + " failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> asServerUser(String... command) {
    List<String> full = new ArrayList<>();
    if (isRoot()) {
      full.addAll(
          List.of(
              "setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + UNPRIVILEGED, "--init-groups"));
    }
    full.addAll(List.of(command));
    return full;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static void handOver(Path dir) throws IOException {
    if (isRoot()) {
      try {
        Files.setOwner(
            dir,
            dir.getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName(UNPRIVILEGED));
        Files.setPosixFilePermissions(
            dir.resolve("password"), PosixFilePermissions.fromString("rw-r--r--"));
      } catch (UserPrincipalNotFoundException e) {
        throw missing("there is no user " + UNPRIVILEGED);
      }
    }
  }

  /** The newest that is installed. */
  private static Path findBin() {
    String named = System.getenv("STRONGROOM_POSTGRES_BIN");
    if (named != null) {
      return Path.of(named);
    }
    Path installed = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(installed)) {
      throw missing(installed + " does not exist");
    }
    try (Stream<Path> releases = Files.list(installed)) {
      return releases
          .map(release -> release.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.comparingInt(bin -> Integer.parseInt(bin.getName(3).toString())))
          .orElseThrow(() -> missing("there is no initdb under " + installed));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IllegalStateException missing(String what) {
    return new IllegalStateException(
        "PostgreSQL is missing (%s): install the package postgresql, or set STRONGROOM_POSTGRES_BIN to the folder of initdb and postgres"
            .formatted(what));
  }

  /** Below the ports that the system gives to outgoing connections: it is taken only later. */
  private static int freePort() throws IOException {
    for (int tries = 0; tries < 100; tries++) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 20_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Another one, then.
        Thread.onSpinWait();
      }
    }
    throw new IOException("no free port from 15000 to 19999 in 100 tries");
  }
}
