package io.strongroom.softhsm;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a token's folder holds: {@code softhsm2.conf}, {@code tokens/} (0700), {@code user.pin} and
 * {@code so.pin} (0600), and perhaps a private copy of the library. Whatever else is in the folder
 * is left alone.
 */
record TokenFiles(Path dir) {
  private static final String LABEL_PREFIX = "# token label: ";
  private static final String COPY_PREFIX = "libsofthsm2-";

  Path conf() {
    return dir.resolve("softhsm2.conf");
  }

  Path tokens() {
    return dir.resolve("tokens");
  }

  Path userPin() {
    return dir.resolve("user.pin");
  }

  Path officerPin() {
    return dir.resolve("so.pin");
  }

  /** The first of the token's files that exists already. */
  Optional<Path> existing() {
    return all().stream().filter(f -> Files.exists(f, LinkOption.NOFOLLOW_LINKS)).findFirst();
  }

  /** The first of the token's files that does not exist. */
  Optional<Path> missing() {
    return all().stream().filter(f -> !Files.exists(f)).findFirst();
  }

  /** Makes the folder and in it {@code tokens/}, which must not exist. */
  void claim() throws IOException {
    Files.createDirectories(dir);
    Files.createDirectory(
        tokens(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Makes the PIN files and the configuration; the token itself is not initialised yet. */
  void create(String label, SecureRandom random) throws IOException {
    Pin.write(officerPin(), random);
    Pin.write(userPin(), random);
    Files.writeString(
        conf(),
        LABEL_PREFIX
            + label
            + "\ndirectories.tokendir = "
            + tokens()
            + "\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n");
  }

  /** The label that {@link #create} wrote down. */
  Optional<String> label() throws IOException {
    try (Stream<String> lines = Files.lines(conf())) {
      return lines
          .filter(line -> line.startsWith(LABEL_PREFIX))
          .map(line -> line.substring(LABEL_PREFIX.length()))
          .findFirst();
    }
  }

  /** The private copy of the library, if one was made; any of them, if there are more. */
  Optional<Path> libraryCopy() throws IOException {
    return libraryCopies().stream().findFirst();
  }

  private List<Path> libraryCopies() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(f -> f.getFileName().toString().startsWith(COPY_PREFIX)).toList();
    }
  }

  /** Copies the library under a name of its own, which makes it an instance of its own. */
  Path copyLibrary(Path library, SecureRandom random) throws IOException {
    byte[] unique = new byte[4];
    random.nextBytes(unique);
    Path copy = dir.resolve(COPY_PREFIX + HexFormat.of().formatHex(unique) + ".so");
    return Files.copy(library.toRealPath(), copy, StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** Removes the token's files; the folder too when nothing else is in it. */
  void delete() throws IOException {
    if (!Files.isDirectory(dir)) {
      return;
    }
    for (Path copy : libraryCopies()) {
      Files.delete(copy);
    }
    for (Path file : all()) {
      deleteTree(file);
    }
    try (Stream<Path> rest = Files.list(dir)) {
      if (rest.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(dir);
  }

  private List<Path> all() {
    return List.of(conf(), tokens(), userPin(), officerPin());
  }

  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
