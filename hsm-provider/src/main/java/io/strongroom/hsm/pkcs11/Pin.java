package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A PIN in native memory, zeroed by {@link #close}; from a file it never gets into the Java heap.
 * For one thread.
 */
final class Pin implements AutoCloseable {
  private static final int MAX_BYTES = 1024;

  private final Arena arena = Arena.ofConfined();
  private MemorySegment value = MemorySegment.NULL;

  private Pin() {}

  /**
   * Reads a PIN.
   *
   * @param source {@code file:/path}, a path, {@code env:NAME}, or null for a device with a PIN pad
   * @throws HsmException.BadInput if it cannot be read
   */
  static Pin read(@Nullable String source) {
    Pin pin = new Pin();
    try {
      if (source != null) {
        pin.fill(source);
      }
      return pin;
    } catch (RuntimeException e) {
      pin.close();
      throw e;
    }
  }

  /**
   * Tells one state of a PIN source from another, without reading it: for a file its time, size and
   * identity. The same for a variable, which cannot change.
   */
  static String stamp(@Nullable String source) {
    if (source == null || source.startsWith("env:")) {
      return "";
    }
    try {
      BasicFileAttributes file = Files.readAttributes(file(source), BasicFileAttributes.class);
      return file.lastModifiedTime() + " " + file.size() + " " + file.fileKey();
    } catch (IOException _) {
      return "unreadable";
    }
  }

  private static Path file(String source) {
    return Path.of(source.startsWith("file:") ? source.substring("file:".length()) : source);
  }

  /** The PIN's bytes; {@code NULL} if there is none. */
  MemorySegment value() {
    return value;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      value.fill((byte) 0);
      arena.close();
    }
  }

  @Override
  public String toString() {
    return "PIN";
  }

  private void fill(String source) {
    if (source.startsWith("env:")) {
      fillFromVariable(source.substring("env:".length()));
    } else {
      fillFromFile(file(source));
    }
    if (value.byteSize() == 0) {
      throw new HsmException.BadInput("the PIN in pin-source is empty; put the PIN there");
    }
  }

  private void fillFromVariable(String name) {
    String text = System.getenv(name);
    if (text == null) {
      throw new HsmException.BadInput(
          "pin-source names the environment variable " + name + ", which is not set");
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    value = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    Arrays.fill(bytes, (byte) 0);
  }

  private void fillFromFile(Path file) {
    value = arena.allocate(MAX_BYTES);
    ByteBuffer buffer = value.asByteBuffer();
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
    } catch (IOException e) {
      throw new HsmException.BadInput(
          "the PIN cannot be read from " + file + "; check pin-source and who may read it", e);
    }
    int length = buffer.position();
    while (length > 0 && (buffer.get(length - 1) == '\n' || buffer.get(length - 1) == '\r')) {
      length--;
    }
    value = value.asSlice(0, length);
  }
}
