package io.strongroom.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Reads and writes the files that a command names; never more than it can use. */
final class Io {
  private Io() {}

  /**
   * Reads a file, or standard input where none is named.
   *
   * @param maxBytes one byte more is read at most, so that the caller can tell "too much"
   */
  static byte[] read(@Nullable Path file, int maxBytes) {
    try (InputStream in = file == null ? System.in : Files.newInputStream(file)) {
      return in.readNBytes(maxBytes + 1);
    } catch (IOException e) {
      throw new UncheckedIOException("the input cannot be read", e);
    }
  }

  /** Writes a file in one step: it is there whole or not at all. */
  static void write(Path file, byte[] bytes) {
    Path target = file.toAbsolutePath();
    try {
      Path parent = target.getParent();
      if (parent == null || !Files.isDirectory(parent)) {
        throw new IOException("there is no folder " + parent);
      }
      Path part = Files.createTempFile(parent, "." + target.getFileName(), ".part");
      try {
        Files.write(part, bytes);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /** Writes bytes as they are to standard output. */
  static void writeStandardOutput(byte[] bytes) {
    System.out.write(bytes, 0, bytes.length);
    System.out.flush();
  }
}
