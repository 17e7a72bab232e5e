package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Native memory that a session uses again for each operation, so that ordinary sizes allocate
 * nothing. What does not fit comes from an arena of its own until the next {@link #reset}, which
 * the same thread has to call. All that was handed out is zeroed by then, since plaintext goes
 * through here. For one thread at a time.
 */
final class Scratch implements SegmentAllocator {
  // A message of 16 KiB, its ciphertext, and what the call needs besides.
  private static final long ROOM_BYTES = 36 * 1024;

  // Left to the garbage collector: closing a shared arena stops all threads for a moment.
  private final MemorySegment room = Arena.ofAuto().allocate(ROOM_BYTES, 16);
  private long usedBytes;
  private final List<MemorySegment> overflowing = new ArrayList<>();
  private @Nullable Arena overflow;

  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    long start = (usedBytes + byteAlignment - 1) & -byteAlignment;
    // One byte at least: some libraries take a pointer to nothing for a missing argument.
    if (start + Math.max(1, byteSize) > ROOM_BYTES) {
      MemorySegment segment = overflow().allocate(Math.max(1, byteSize), byteAlignment);
      overflowing.add(segment);
      return segment.asSlice(0, byteSize);
    }
    usedBytes = start + Math.max(1, byteSize);
    return room.asSlice(start, byteSize);
  }

  /** A copy of these bytes. */
  MemorySegment bytes(byte[] value) {
    MemorySegment copy = allocate(value.length, 1);
    MemorySegment.copy(value, 0, copy, JAVA_BYTE, 0, value.length);
    return copy;
  }

  /**
   * What a function wrote.
   *
   * @param length a {@code CK_ULONG} that holds how much it wrote
   */
  static byte[] copy(MemorySegment out, MemorySegment length) {
    return out.asSlice(0, length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
  }

  private Arena overflow() {
    Arena present = overflow;
    if (present == null) {
      present = Arena.ofConfined();
      overflow = present;
    }
    return present;
  }

  /** A point to go back to with {@link #release}. */
  long mark() {
    return usedBytes;
  }

  /** Takes back what was allocated since the mark, except for what did not fit. */
  void release(long mark) {
    room.asSlice(mark, usedBytes - mark).fill((byte) 0);
    usedBytes = mark;
  }

  /** Takes back all memory; nothing that was allocated before may be used any more. */
  void reset() {
    room.asSlice(0, usedBytes).fill((byte) 0);
    usedBytes = 0;
    Arena present = overflow;
    if (present != null) {
      overflow = null;
      overflowing.forEach(segment -> segment.fill((byte) 0));
      overflowing.clear();
      present.close();
    }
  }
}
