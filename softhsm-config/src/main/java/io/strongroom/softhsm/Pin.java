package io.strongroom.softhsm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;

/** PIN files: random PINs of 192 bits, readable by their owner from the first moment on. */
final class Pin {
  private static final int LENGTH = 32;
  private static final byte[] ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(US_ASCII);

  private Pin() {}

  /** Writes a new PIN; fails if the file exists. No newline at the end: the file is the PIN. */
  static void write(Path file, SecureRandom random) throws IOException {
    byte[] pin = new byte[LENGTH];
    random.nextBytes(pin);
    for (int i = 0; i < LENGTH; i++) {
      pin[i] = ALPHABET[pin[i] & 63];
    }
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(pin);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } finally {
      Arrays.fill(pin, (byte) 0);
    }
  }
}
