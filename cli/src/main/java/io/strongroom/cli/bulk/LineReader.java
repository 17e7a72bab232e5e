package io.strongroom.cli.bulk;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a file line by line from some byte on, and knows at which byte each line ends. */
final class LineReader implements AutoCloseable {

  /** The longest line that is read. */
  static final int MAX_LINE_BYTES = 1 << 20;

  /**
   * A line.
   *
   * @param bytes the line with its end, if it has one
   * @param endsAt how many bytes of the file end with it
   */
  record Line(byte[] bytes, long endsAt) {

    /**
     * The line without its end.
     *
     * @throws RejectedLine if it is no UTF-8
     */
    String text() {
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(bytes, 0, bytes.length - endBytes()))
            .toString();
      } catch (CharacterCodingException e) {
        throw new RejectedLine("the line is no UTF-8");
      }
    }

    /** Another text with the same end. */
    byte[] with(String text) {
      byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
      byte[] line = Arrays.copyOf(encoded, encoded.length + endBytes());
      System.arraycopy(bytes, bytes.length - endBytes(), line, encoded.length, endBytes());
      return line;
    }

    private int endBytes() {
      if (bytes.length == 0 || bytes[bytes.length - 1] != '\n') {
        return 0;
      }
      return bytes.length > 1 && bytes[bytes.length - 2] == '\r' ? 2 : 1;
    }
  }

  private final Path file;
  private final InputStream in;
  private long at;

  private LineReader(Path file, InputStream in, long at) {
    this.file = file;
    this.in = in;
    this.at = at;
  }

  static LineReader open(Path file, long from) throws IOException {
    SeekableByteChannel channel = Files.newByteChannel(file);
    channel.position(from);
    return new LineReader(
        file, new BufferedInputStream(Channels.newInputStream(channel), 1 << 16), from);
  }

  /**
   * The next line; null at the end.
   *
   * @throws IOException if it cannot be read, or is longer than any line is
   */
  @Nullable Line next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    int read = in.read();
    if (read < 0) {
      return null;
    }
    while (read >= 0) {
      line.write(read);
      if (read == '\n') {
        break;
      }
      if (line.size() > MAX_LINE_BYTES) {
        throw new IOException(
            "%s has a line of more than %d bytes behind byte %d; it is no file of lines"
                .formatted(file, MAX_LINE_BYTES, at));
      }
      read = in.read();
    }
    at += line.size();
    return new Line(line.toByteArray(), at);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
