package io.strongroom.softhsm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The SoftHSM2 library of this machine. */
public final class SoftHsm {
  /** Environment variable that names the library's file; when set, nothing else is looked at. */
  public static final String LIBRARY_VARIABLE = "STRONGROOM_SOFTHSM2_LIB";

  private static final List<String> INSTALLED =
      List.of(
          "/usr/lib/softhsm/libsofthsm2.so",
          "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
          "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
          "/usr/lib64/pkcs11/libsofthsm2.so",
          "/usr/lib64/softhsm/libsofthsm2.so",
          "/usr/lib64/libsofthsm2.so",
          "/usr/lib/pkcs11/libsofthsm2.so",
          "/usr/local/lib/softhsm/libsofthsm2.so",
          "/opt/homebrew/lib/softhsm/libsofthsm2.so");

  private SoftHsm() {}

  /**
   * Finds the library: {@value #LIBRARY_VARIABLE}, the places where Debian, Fedora and Homebrew put
   * it, then what {@code ./quickstart.sh} unpacked under the user's cache folder.
   *
   * @return the absolute path of an existing file
   * @throws SoftHsmException if there is none; the message says how to get it
   */
  public static Path library() {
    return library(
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        INSTALLED.stream().map(Path::of).toList());
  }

  static Path library(Map<String, String> environment, Path home, List<Path> installed) {
    String named = environment.get(LIBRARY_VARIABLE);
    if (named != null && !named.isBlank()) {
      Path library = Path.of(named).toAbsolutePath();
      if (!Files.isRegularFile(library)) {
        throw new SoftHsmException(
            LIBRARY_VARIABLE
                + " names "
                + library
                + ", which is no file; correct the variable or unset it");
      }
      return library;
    }
    return Stream.concat(installed.stream(), Stream.of(unpacked(environment, home)))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(SoftHsm::missing);
  }

  /** Where {@code scripts/setup.sh} unpacks the Debian package when it may not install it. */
  private static Path unpacked(Map<String, String> environment, Path home) {
    String cache = environment.get("XDG_CACHE_HOME");
    Path base = cache == null || cache.isBlank() ? home.resolve(".cache") : Path.of(cache);
    return base.resolve("strongroom/softhsm2/usr/lib/softhsm/libsofthsm2.so").toAbsolutePath();
  }

  private static SoftHsmException missing() {
    return new SoftHsmException(
        "SoftHSM2 is not on this machine: libsofthsm2.so was not found. Install it (apt-get install"
            + " softhsm2), run ./quickstart.sh, which unpacks it without root, or set "
            + LIBRARY_VARIABLE
            + " to the library's path");
  }
}
