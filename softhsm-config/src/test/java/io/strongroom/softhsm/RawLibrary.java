package io.strongroom.softhsm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.util.Arrays;

/** Calls PKCS#11 functions by name and gives what they answer. */
final class RawLibrary implements AutoCloseable {
  private static final long CKF_RW_SERIAL_SESSION = 6;
  private static final long CKM_AES_KEY_GEN = 0x1080;
  private static final long CKA_VALUE_LEN = 0x161;

  private final Arena arena = Arena.ofShared();
  private final SymbolLookup symbols;

  RawLibrary(FaultyLibrary library) {
    symbols = SymbolLookup.libraryLookup(library.library(), Arena.global());
    String conf = library.url().replaceAll(".*SOFTHSM2_CONF=", "");
    setenv("SOFTHSM2_CONF", conf);
  }

  long call(String function, Object... arguments) {
    MemoryLayout[] layouts =
        Arrays.stream(arguments).map(RawLibrary::layoutOf).toArray(MemoryLayout[]::new);
    try {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  symbols.findOrThrow(function), FunctionDescriptor.of(JAVA_LONG, layouts))
              .invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(function, e);
    }
  }

  MemorySegment symbol(String name) {
    return symbols.findOrThrow(name);
  }

  /** Initialises it, and gives the first slot's number. */
  long start() {
    require(call("C_Initialize", MemorySegment.NULL));
    return slot();
  }

  long slot() {
    MemorySegment slots = arena.allocate(JAVA_LONG, 8);
    MemorySegment count = arena.allocate(JAVA_LONG);
    count.set(JAVA_LONG, 0, 8);
    require(call("C_GetSlotList", (byte) 1, slots, count));
    return count.get(JAVA_LONG, 0) == 0 ? -1 : slots.get(JAVA_LONG, 0);
  }

  long openSession(long slot) {
    MemorySegment session = arena.allocate(JAVA_LONG);
    MemorySegment none = MemorySegment.NULL;
    require(call("C_OpenSession", slot, CKF_RW_SERIAL_SESSION, none, none, session));
    return session.get(JAVA_LONG, 0);
  }

  long login(long session, SoftHsmToken token) throws IOException {
    byte[] pin = Files.readAllBytes(token.userPin());
    return call("C_Login", session, 1L, arena.allocateFrom(JAVA_BYTE, pin), (long) pin.length);
  }

  /** A session key of AES-256, in {@code handle}. */
  long generateKey(long session, MemorySegment handle) {
    MemorySegment mechanism = arena.allocate(24, 8);
    mechanism.set(JAVA_LONG, 0, CKM_AES_KEY_GEN);
    MemorySegment length = arena.allocateFrom(JAVA_LONG, 32);
    MemorySegment template = arena.allocate(24, 8);
    template.set(JAVA_LONG, 0, CKA_VALUE_LEN);
    template.set(ADDRESS, 8, length);
    template.set(JAVA_LONG, 16, 8);
    return call("C_GenerateKey", session, mechanism, template, 1L, handle);
  }

  MemorySegment number() {
    return arena.allocate(JAVA_LONG);
  }

  long random(long session) {
    return call("C_GenerateRandom", session, arena.allocate(16), 16L);
  }

  private static void require(long answer) {
    if (answer != 0) {
      throw new AssertionError("0x" + Long.toHexString(answer));
    }
  }

  private void setenv(String name, String value) {
    Linker linker = Linker.nativeLinker();
    try {
      linker
          .downcallHandle(
              linker.defaultLookup().findOrThrow("setenv"),
              FunctionDescriptor.of(
                  java.lang.foreign.ValueLayout.JAVA_INT,
                  ADDRESS,
                  ADDRESS,
                  java.lang.foreign.ValueLayout.JAVA_INT))
          .invokeWithArguments(arena.allocateFrom(name), arena.allocateFrom(value), 1);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static MemoryLayout layoutOf(Object argument) {
    return switch (argument) {
      case MemorySegment _ -> ADDRESS;
      case Byte _ -> JAVA_BYTE;
      default -> JAVA_LONG;
    };
  }

  @Override
  public void close() {
    call("C_Finalize", MemorySegment.NULL);
    arena.close();
  }
}
