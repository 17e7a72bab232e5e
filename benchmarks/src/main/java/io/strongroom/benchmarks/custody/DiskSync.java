package io.strongroom.benchmarks.custody;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** The floor of every durable write: a page, and a sync. */
final class DiskSync {
  private static final int SYNCS = 500;
  private static final int PAGE_BYTES = 4096;

  private DiskSync() {}

  /** The median time of one, in this folder. */
  static long nanos(Path folder) throws IOException {
    Path file = folder.resolve("sync");
    long[] nanos = new long[SYNCS];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < SYNCS; i++) {
        long begin = System.nanoTime();
        channel.write(ByteBuffer.allocate(PAGE_BYTES));
        channel.force(false);
        nanos[i] = System.nanoTime() - begin;
      }
    }
    Files.delete(file);
    Arrays.sort(nanos);
    return nanos[SYNCS / 2];
  }
}
