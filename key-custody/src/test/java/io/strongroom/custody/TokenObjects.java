package io.strongroom.custody;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.softhsm.SoftHsmToken;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * A second PKCS#11 client in this process, which sees all that a token holds: session objects of
 * every session too, and objects without an id or label. One thread only.
 */
final class TokenObjects implements AutoCloseable {
  private static final long CKF_SERIAL_SESSION = 0x4;
  private static final long CKF_TOKEN_INITIALIZED = 0x400;
  private static final long TOKEN_INFO_FLAGS_OFFSET = 96;
  private static final long TOKEN_INFO_BYTES = 208;
  private static final int MOST = 1024;

  private final Arena arena = Arena.ofConfined();
  private final SymbolLookup library;
  private final long session;

  /** Looks into a token that this process has open and is logged in to. */
  TokenObjects(SoftHsmToken token) {
    library = SymbolLookup.libraryLookup(token.library(), arena);
    MemorySegment handle = arena.allocate(JAVA_LONG);
    call(
        "C_OpenSession",
        slot(),
        CKF_SERIAL_SESSION,
        MemorySegment.NULL,
        MemorySegment.NULL,
        handle);
    session = handle.get(JAVA_LONG, 0);
  }

  /** The handles of all objects. */
  Set<Long> all() {
    MemorySegment handles = arena.allocate(JAVA_LONG, MOST);
    MemorySegment count = arena.allocate(JAVA_LONG);
    call("C_FindObjectsInit", session, MemorySegment.NULL, 0L);
    call("C_FindObjects", session, handles, (long) MOST, count);
    call("C_FindObjectsFinal", session);
    long[] found =
        handles.asSlice(0, count.get(JAVA_LONG, 0) * JAVA_LONG.byteSize()).toArray(JAVA_LONG);
    Set<Long> all = new TreeSet<>();
    Arrays.stream(found).forEach(all::add);
    return all;
  }

  private long slot() {
    MemorySegment slots = arena.allocate(JAVA_LONG, 16);
    MemorySegment count = arena.allocate(JAVA_LONG);
    count.set(JAVA_LONG, 0, 16);
    call("C_GetSlotList", (byte) 1, slots, count);
    MemorySegment info = arena.allocate(TOKEN_INFO_BYTES, Long.BYTES);
    for (int i = 0; i < count.get(JAVA_LONG, 0); i++) {
      long slot = slots.getAtIndex(JAVA_LONG, i);
      call("C_GetTokenInfo", slot, info);
      if ((info.get(JAVA_LONG, TOKEN_INFO_FLAGS_OFFSET) & CKF_TOKEN_INITIALIZED) != 0) {
        return slot;
      }
    }
    throw new IllegalStateException("the library shows no token");
  }

  private void call(String function, Object... arguments) {
    MemoryLayout[] layouts =
        Arrays.stream(arguments)
            .map(a -> a instanceof Long ? JAVA_LONG : a instanceof Byte ? JAVA_BYTE : ADDRESS)
            .toArray(MemoryLayout[]::new);
    long result;
    try {
      result =
          (long)
              Linker.nativeLinker()
                  .downcallHandle(
                      library.findOrThrow(function), FunctionDescriptor.of(JAVA_LONG, layouts))
                  .invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(function + " could not be called", e);
    }
    if (result != 0) {
      throw new IllegalStateException(function + " answered 0x" + Long.toHexString(result));
    }
  }

  @Override
  public void close() {
    call("C_CloseSession", session);
    arena.close();
  }
}
