package io.strongroom.cli.bulk;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A file that is written to its end, from some length on. For one thread. */
final class Appender implements AutoCloseable {
  private final FileChannel channel;
  private final OutputStream out;
  private long bytes;

  /** Opens the file, which only its owner can read, and cuts off what is behind this length. */
  Appender(Path file, long bytes) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
    if (channel.size() < bytes) {
      long size = channel.size();
      channel.close();
      throw new IOException(
          "%s has %d bytes, and its journal says %d: somebody changed it; move both away, and begin anew"
              .formatted(file, size, bytes));
    }
    channel.truncate(bytes);
    channel.position(bytes);
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    this.bytes = bytes;
  }

  void write(byte[] line) throws IOException {
    out.write(line);
    bytes += line.length;
  }

  /** Has all of it on disk, and says how much that is. */
  long force() throws IOException {
    out.flush();
    channel.force(false);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
