package io.strongroom.softhsm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The key database token of NSS softoken in a folder of its own: the second real implementation of
 * PKCS#11 that tests run on. Immutable and safe for use by many threads.
 *
 * <p>NSS is started with a text (its own {@code LibraryParameters}) that names the folder. One
 * process has one database at a time: close one before opening the next.
 */
public final class NssToken {
  /** Environment variable that names the library's file; when set, nothing else is looked at. */
  public static final String LIBRARY_VARIABLE = "STRONGROOM_NSS_LIB";

  /** What NSS calls the token that keeps keys. */
  static final String LABEL = "NSS Certificate DB";

  /** Its slot; the other one, 1, has no memory. */
  static final long SLOT = 2;

  private static final String FILE = "libsoftokn3.so";
  private static final List<String> INSTALLED =
      List.of(
          "/usr/lib/x86_64-linux-gnu/" + FILE,
          "/usr/lib/aarch64-linux-gnu/" + FILE,
          "/usr/lib/x86_64-linux-gnu/nss/" + FILE,
          "/usr/lib/aarch64-linux-gnu/nss/" + FILE,
          "/usr/lib64/" + FILE,
          "/usr/lib/" + FILE,
          "/opt/homebrew/lib/libsoftokn3.dylib");

  private final Path dir;
  private final Path library;

  private NssToken(Path dir, Path library) {
    this.dir = dir;
    this.library = library;
  }

  /**
   * Makes a database with a random PIN in {@code dir}, which is created if need be.
   *
   * @throws SoftHsmException if NSS is missing, the folder holds a database already, or it cannot
   *     be made
   */
  public static NssToken create(Path dir) {
    NssToken token = new NssToken(dir.toAbsolutePath().normalize(), library(System.getenv()));
    try {
      Files.createDirectories(token.dir);
      Files.createDirectory(
          database(token.dir),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Pin.write(userPin(token.dir), new SecureRandom());
    } catch (IOException e) {
      throw new SoftHsmException("cannot make an NSS database in " + token.dir + ": " + e, e);
    }
    TokenSetup.runNss(token.dir, token.library);
    return token;
  }

  static Path library(Map<String, String> environment) {
    String named = environment.get(LIBRARY_VARIABLE);
    Stream<String> places =
        named == null || named.isBlank() ? INSTALLED.stream() : Stream.of(named);
    return places
        .map(Path::of)
        .filter(Files::isRegularFile)
        .findFirst()
        .map(Path::toAbsolutePath)
        .orElseThrow(() ->
            new SoftHsmException(
                "NSS softoken is not on this machine: "
                    + FILE
                    + " was not found. Install it (apt-get install libnss3), run ./test.sh,"
                    + " which unpacks it without root, or set "
                    + LIBRARY_VARIABLE
                    + " to the library's path"));
  }

  static Path userPin(Path dir) {
    return dir.resolve("user.pin");
  }

  /** The text that softoken is started with, to use the database in {@code dir}. */
  static String initialisation(Path dir) {
    return "configdir='sql:" + database(dir) + "' certPrefix='' keyPrefix='' secmod='secmod.db'";
  }

  private static Path database(Path dir) {
    return dir.resolve("db");
  }

  /** The token's label. */
  public String label() {
    return LABEL;
  }

  /** The library's file, absolute. */
  public Path library() {
    return library;
  }

  /** The file that holds the user's PIN and nothing else, absolute. */
  public Path userPin() {
    return userPin(dir);
  }

  /** The {@code pkcs11:} URL (RFC 7512) that opens this token as its user. */
  public String url() {
    return "pkcs11:token="
        + PercentEncoding.path(LABEL)
        + "?module-path="
        + PercentEncoding.query(library.toString())
        + "&pin-source=file:"
        + PercentEncoding.query(userPin().toString())
        + "&x-init="
        + PercentEncoding.query(initialisation(dir));
  }

  /**
   * Deletes the database, its keys and its PIN.
   *
   * @throws SoftHsmException if a file cannot be deleted
   */
  public void delete() {
    try {
      TokenFiles.deleteTree(database(dir));
      Files.deleteIfExists(userPin());
    } catch (IOException e) {
      throw new SoftHsmException("cannot delete the NSS database in " + dir + ": " + e, e);
    }
  }

  @Override
  public String toString() {
    return "NSS token in " + dir;
  }
}
