package io.strongroom.cli.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes folders that this program made. */
public final class Folders {
  private Folders() {}

  /**
   * Deletes a folder's content and, unless it is to be kept, the folder.
   *
   * @param keepFolder true to leave the folder itself, empty
   */
  public static void deleteTree(Path folder, boolean keepFolder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        if (!keepFolder || !path.equals(folder)) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be removed whole", e);
    }
  }
}
