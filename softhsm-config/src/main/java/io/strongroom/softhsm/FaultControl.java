package io.strongroom.softhsm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A faulty library's control file, mapped: {@code struct control} of faults.c, in numbers of 64
 * bits. One thread changes it, many processes read it.
 */
final class FaultControl {
  static final int MAX_FAULTS = 32;

  private static final long MAGIC = 0x31544C5541465253L;
  private static final int TABLES = 8;
  private static final int PATH_BYTES = 4096;

  // Places of 8 bytes each.
  private static final int SIZE = 1;
  private static final int ACTIVE = 2;
  private static final int RELEASES = 3;
  private static final int HANGING = 4;
  private static final int REMOVED = 5;
  private static final int SLOT_SHIFT = 6;
  private static final int BROKEN = 8;
  private static final int CALLS = 9;
  private static final int REAL = CALLS + Names.FUNCTIONS.size();
  private static final int FIRST_TABLE = REAL + PATH_BYTES / Long.BYTES;
  private static final int FAULT_PLACES = 10;
  private static final int FIRED = 9;
  private static final int TABLE_PLACES = 1 + MAX_FAULTS * FAULT_PLACES;
  private static final int PLACES = FIRST_TABLE + TABLES * TABLE_PLACES;

  private static final VarHandle NUMBER = JAVA_LONG.varHandle();

  // Left to the garbage collector: a call that hangs may still read it.
  private final MemorySegment mapped;

  private FaultControl(MemorySegment mapped) {
    this.mapped = mapped;
  }

  /** Makes the file for this real library, without a fault. */
  static FaultControl create(Path file, Path real) throws IOException {
    byte[] path = real.toString().getBytes(StandardCharsets.UTF_8);
    if (path.length >= PATH_BYTES) {
      throw new SoftHsmException("the path of " + real + " is longer than " + PATH_BYTES);
    }
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE_NEW)) {
      long bytes = (long) PLACES * Long.BYTES;
      FaultControl control =
          new FaultControl(channel.map(MapMode.READ_WRITE, 0, bytes, Arena.ofAuto()));
      MemorySegment.copy(
          path,
          0,
          control.mapped,
          java.lang.foreign.ValueLayout.JAVA_BYTE,
          place(REAL),
          path.length);
      control.put(SIZE, bytes);
      control.put(0, MAGIC);
      return control;
    }
  }

  /** Puts a list of faults in place of the one before. */
  void set(List<Fault.Parts> faults) {
    long next = (get(ACTIVE) + 1) % TABLES;
    int table = table(next);
    put(table, faults.size());
    for (int i = 0; i < faults.size(); i++) {
      write(table + 1 + i * FAULT_PLACES, faults.get(i));
    }
    put(ACTIVE, next);
  }

  private void write(int place, Fault.Parts fault) {
    long[] numbers = {
      fault.function(),
      fault.nth(),
      fault.times(),
      fault.delayMicros(),
      fault.effect().ordinal(),
      fault.argument(),
      fault.answers().ordinal(),
      fault.returnValue(),
      0,
      0
    };
    for (int i = 0; i < numbers.length; i++) {
      put(place + i, numbers[i]);
    }
  }

  /** How many faults the list has. */
  int faults() {
    return (int) get(table(get(ACTIVE)));
  }

  /** How often a fault of the list has hit a call. */
  long fired(int fault) {
    return get(table(get(ACTIVE)) + 1 + fault * FAULT_PLACES + FIRED);
  }

  long calls(int function) {
    return get(CALLS + function);
  }

  long hanging() {
    return get(HANGING);
  }

  /** Lets calls that hang go on. */
  void release() {
    NUMBER.getAndAdd(mapped, place(RELEASES), 1L);
  }

  /** Puts the token back, in a slot whose number is so much higher. */
  void returnToken(long slotShift) {
    NUMBER.getAndAdd(mapped, place(SLOT_SHIFT), slotShift);
    put(REMOVED, 0);
  }

  /** Ends what a library that is broken answers. */
  void repair() {
    put(BROKEN, 0);
  }

  private static int table(long number) {
    return FIRST_TABLE + (int) number * TABLE_PLACES;
  }

  private long get(int place) {
    return (long) NUMBER.getVolatile(mapped, place(place));
  }

  private void put(int place, long value) {
    NUMBER.setVolatile(mapped, place(place), value);
  }

  private static long place(int number) {
    return (long) number * Long.BYTES;
  }
}
