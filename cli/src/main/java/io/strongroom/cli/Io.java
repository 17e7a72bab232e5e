package io.strongroom.cli;

import io.strongroom.hsm.HsmException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads and writes the files that a command names; never more than it can use. */
final class Io {
  private Io() {}

  /**
   * Reads a file, or standard input where none is named.
   *
   * @param maxBytes one byte more is read at most, so that the caller can tell "too much"
   * @throws UncheckedIOException if it cannot be read; the message names it
   */
  static byte[] read(@Nullable Path file, int maxBytes) {
    try {
      return file == null ? System.in.readNBytes(maxBytes + 1) : readFile(file, maxBytes + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(
          (file == null ? "standard input" : file) + " cannot be read", e);
    }
  }

  /**
   * Reads a file that has no more bytes than this; a longer one is refused before it is read.
   *
   * @param what what it should hold, for the message
   * @throws UncheckedIOException if it is longer or cannot be read; the message names it
   */
  static byte[] readAtMost(Path file, int maxBytes, String what) {
    byte[] bytes = read(file, maxBytes);
    if (bytes.length > maxBytes) {
      throw new UncheckedIOException(
          file + " cannot be read",
          new FileSystemException(
              file.toString(),
              null,
              "it is longer than %d bytes, and %s never is".formatted(maxBytes, what)));
    }
    return bytes;
  }

  private static byte[] readFile(Path file, int maxBytes) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "it is a folder, wanted a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(maxBytes);
    }
  }

  /**
   * Makes sure, before any work is done, that a file can be read.
   *
   * @throws UncheckedIOException if it cannot; the message names it
   */
  static void requireReadable(Path file) {
    read(file, 0);
  }

  /**
   * Makes sure, before any work is done, that a file can be written.
   *
   * @throws UncheckedIOException if it cannot; the message names it
   */
  static void requireWritable(Path file) {
    try {
      place(file);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Refuses a file that is there already, and no pipe or device.
   *
   * @throws HsmException.AccessDenied if it is there; the message names it
   */
  static void requireNew(Path file) {
    if (Files.isRegularFile(file)) {
      throw new HsmException.AccessDenied(
          file + " exists, and is not overwritten; give another name, or --force");
    }
  }

  /**
   * Writes a file in one step: it is there whole or not at all, and only its owner can read it.
   * What is there and no plain file (a pipe, a device) is written into.
   *
   * @throws UncheckedIOException if it cannot be written; the message names it
   */
  static void write(Path file, byte[] bytes) {
    try {
      Path target = place(file);
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        Files.write(target, bytes);
      } else {
        replace(target, bytes);
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Writes lines as they come, to a file that is there whole or not at all, as {@link #write} does.
   *
   * @param lines gives each line to what it is handed
   * @throws UncheckedIOException if it cannot be written; the message names it
   */
  static void writeLines(Path file, Consumer<Consumer<String>> lines) {
    try {
      Path target = place(file);
      Path part = Files.createTempFile(target.getParent(), ".strongroom", ".part");
      try {
        try (BufferedWriter out = Files.newBufferedWriter(part)) {
          lines.accept(line -> append(out, file, line));
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static void replace(Path target, byte[] bytes) throws IOException {
    Path part = Files.createTempFile(target.getParent(), ".strongroom", ".part");
    try {
      Files.write(part, bytes);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void append(BufferedWriter out, Path file, String line) {
    try {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Where a file is or will be; a link's target, so that the link stays. */
  private static Path place(Path file) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath().normalize();
    Path folder = target.getParent();
    if (Files.isDirectory(target)) {
      throw new FileSystemException(file.toString(), null, "it is a folder, wanted a file");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new FileSystemException(file.toString(), null, "there is no folder " + folder);
    }
    if (!Files.isWritable(Files.exists(target) && !Files.isRegularFile(target) ? target : folder)) {
      throw new AccessDeniedException(file.toString());
    }
    return target;
  }

  private static UncheckedIOException unwritable(Path file, IOException e) {
    return new UncheckedIOException(file + " cannot be written", e);
  }

  /**
   * Writes bytes as they are to standard output.
   *
   * @throws UncheckedIOException if not all of them could be written
   */
  static void writeStandardOutput(byte[] bytes) {
    System.out.write(bytes, 0, bytes.length);
    if (System.out.checkError()) {
      throw new UncheckedIOException(
          "standard output cannot be written", new IOException("it is closed or full"));
    }
  }
}
