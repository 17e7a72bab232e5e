package io.strongroom.cli.local;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders that this program makes and removes. */
public final class Folders {
  private Folders() {}

  /**
   * Makes sure that a folder is new or empty, so that nothing is ever overwritten.
   *
   * @return the folder, absolute
   * @throws HsmException.KeyExists if something is in it
   * @throws UncheckedIOException if it is something else than a folder
   */
  public static Path requireEmpty(Path dir) {
    Path folder = dir.toAbsolutePath().normalize();
    if (!Files.exists(folder)) {
      return folder;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw new HsmException.KeyExists(
            folder + " is not empty, and nothing is ever overwritten; give a new folder");
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be used as a new folder", e);
    }
  }

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
