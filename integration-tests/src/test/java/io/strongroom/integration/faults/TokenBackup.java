package io.strongroom.integration.faults;

import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A copy of a token's objects, as a backup of a machine's disk would have it. */
final class TokenBackup {
  private final Path objects;
  private final Path copy;

  private TokenBackup(Path objects, Path copy) {
    this.objects = objects;
    this.copy = copy;
  }

  /** Of a token that no one uses now. */
  static TokenBackup of(SoftHsmToken token) {
    TokenBackup backup =
        new TokenBackup(token.dir().resolve("tokens"), token.dir().resolve("tokens-backup"));
    copy(backup.objects, backup.copy);
    return backup;
  }

  /** Puts it back in place of what is there; no one may use the token meanwhile. */
  void restore() {
    walk(objects)
        .reversed()
        .forEach(file -> {
          try {
            Files.delete(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    copy(copy, objects);
  }

  private static void copy(Path from, Path to) {
    for (Path file : walk(from)) {
      try {
        Files.copy(file, to.resolve(from.relativize(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static List<Path> walk(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
