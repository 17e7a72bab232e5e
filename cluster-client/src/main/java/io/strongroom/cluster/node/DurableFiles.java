package io.strongroom.cluster.node;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Small files that are there whole or not at all, whatever happens in between: written under
 * another name, forced to the disk, renamed, and the folder forced too.
 */
final class DurableFiles {
  private static final Set<StandardOpenOption> NEW =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);

  private DurableFiles() {}

  /** Puts the content under this name, in place of an older one. */
  static void write(Path file, byte[] content) {
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    writeForced(fresh, content);
    rename(fresh, file);
  }

  /** Writes and forces a file; its name becomes durable with the next {@link #rename}. */
  static void writeForced(Path file, byte[] content) {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (FileChannel channel = FileChannel.open(file, NEW, ownerOnly)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (IOException e) {
      throw failed("write", file, e);
    }
  }

  /** Renames within one folder, at once and for good. */
  static void rename(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed("rename", from, e);
    }
    forceFolderOf(to);
  }

  /** Deletes a file if it is there, for good. */
  static void delete(Path file) {
    try {
      if (Files.deleteIfExists(file)) {
        forceFolderOf(file);
      }
    } catch (IOException e) {
      throw failed("delete", file, e);
    }
  }

  /** Makes the names in a file's folder durable. */
  static void forceFolderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw failed("sync", folder, e);
    }
  }

  static HsmException failed(String what, Path file, IOException e) {
    return new HsmException.DeviceUnavailable(
        "cannot " + what + " " + file + ": " + e.getMessage() + "; check the disk and the folder",
        e);
  }
}
