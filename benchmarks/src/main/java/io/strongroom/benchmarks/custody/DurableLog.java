package io.strongroom.benchmarks.custody;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The least that it can cost to have a record of each call on disk before it is answered: what
 * callers hand in at a time is written over pages that the file has, and synced once. No table, no
 * hash, no second process. Safe for use by many threads.
 */
final class DurableLog implements AutoCloseable {
  private static final int FILE_BYTES = 4 << 20;
  private static final int RECORD_BYTES = 512;
  private static final int MOST_RECORDS = 64;

  private final Path file;
  private final FileChannel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition synced = lock.newCondition();
  private final ByteBuffer records = ByteBuffer.allocateDirect(RECORD_BYTES * MOST_RECORDS);
  private long handedIn;
  private long onDisk;
  private boolean syncing;
  private long position;

  DurableLog(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    channel.write(ByteBuffer.allocate(FILE_BYTES));
    channel.force(true);
  }

  /** Returns when a record is on disk. */
  void append() {
    lock.lock();
    try {
      handedIn++;
      long own = handedIn;
      while (onDisk < own) {
        if (syncing) {
          synced.awaitUninterruptibly();
        } else {
          sync();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Writes for all who wait, with the lock released while it does. */
  private void sync() {
    long upTo = Math.min(handedIn, onDisk + MOST_RECORDS);
    int bytes = Math.toIntExact(upTo - onDisk) * RECORD_BYTES;
    syncing = true;
    lock.unlock();
    try {
      write(bytes);
    } finally {
      lock.lock();
      syncing = false;
      synced.signalAll();
    }
    onDisk = upTo;
  }

  private void write(int bytes) {
    if (position + bytes > FILE_BYTES) {
      position = 0;
    }
    try {
      position += channel.write(records.clear().limit(bytes), position);
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (channel) {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
