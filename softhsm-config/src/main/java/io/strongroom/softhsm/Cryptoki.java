package io.strongroom.softhsm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The few PKCS#11 functions (v2.40 §5.4 to 5.6) that initialise a token; one thread only. The real
 * binding is elsewhere: this module depends on no other.
 */
final class Cryptoki implements AutoCloseable {
  private static final long CKR_OK = 0;
  private static final long CKU_SO = 0;
  private static final long CKF_RW_SERIAL_SESSION = 0x6;
  private static final long CKF_TOKEN_INITIALIZED = 0x400;
  private static final int LABEL_BYTES = 32;
  private static final long TOKEN_INFO_FLAGS_OFFSET = 96;
  private static final long TOKEN_INFO_BYTES = 208;
  private static final long RESERVED_OFFSET = 40;

  // As the standard has it, and NSS's one pointer more.
  private static final long INITIALIZE_ARGS_BYTES = 56;

  // CK_FUNCTION_LIST begins with a version, which takes a pointer's place.
  private static final int FIRST_FUNCTION = 1;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment functions;

  private Cryptoki(Path file) {
    MemorySegment getFunctionList =
        SymbolLookup.libraryLookup(file, arena).findOrThrow("C_GetFunctionList");
    MemorySegment list = arena.allocate(ADDRESS);
    call(getFunctionList, "C_GetFunctionList", list);
    functions =
        list.get(ADDRESS, 0)
            .reinterpret((FIRST_FUNCTION + Names.FUNCTIONS.size()) * ADDRESS.byteSize());
  }

  static Cryptoki initialise(Path library) {
    Cryptoki cryptoki = new Cryptoki(library);
    cryptoki.call("C_Initialize", MemorySegment.NULL);
    return cryptoki;
  }

  /** Initialises a library that wants a text for it, where {@code CK_C_INITIALIZE_ARGS} has it. */
  static Cryptoki initialise(Path library, String text) {
    Cryptoki cryptoki = new Cryptoki(library);
    MemorySegment arguments = cryptoki.arena.allocate(INITIALIZE_ARGS_BYTES, Long.BYTES);
    arguments.set(ADDRESS, RESERVED_OFFSET, cryptoki.arena.allocateFrom(text));
    cryptoki.call("C_Initialize", arguments);
    return cryptoki;
  }

  /** The slot of a token that is not initialised yet; SoftHSM2 always shows one. */
  long freeSlot() {
    for (long slot : slots()) {
      if ((tokenInfo(slot).get(JAVA_LONG, TOKEN_INFO_FLAGS_OFFSET) & CKF_TOKEN_INITIALIZED) == 0) {
        return slot;
      }
    }
    throw new SoftHsmException("SoftHSM2 shows no slot with a token that is not initialised");
  }

  long slotOf(String label) {
    byte[] wanted = padded(label);
    for (long slot : slots()) {
      MemorySegment info = tokenInfo(slot);
      boolean initialised =
          (info.get(JAVA_LONG, TOKEN_INFO_FLAGS_OFFSET) & CKF_TOKEN_INITIALIZED) != 0;
      byte[] found = info.asSlice(0, LABEL_BYTES).toArray(ValueLayout.JAVA_BYTE);
      if (initialised && Arrays.equals(found, wanted)) {
        return slot;
      }
    }
    throw new SoftHsmException("SoftHSM2 shows no token with that label");
  }

  void initToken(long slot, byte[] officerPin, String label) {
    try (Arena secrets = Arena.ofConfined()) {
      MemorySegment pin = copy(secrets, officerPin);
      call("C_InitToken", slot, pin, pin.byteSize(), copy(secrets, padded(label)));
      pin.fill((byte) 0);
    }
  }

  void initPin(long slot, byte[] officerPin, byte[] userPin) {
    MemorySegment handle = arena.allocate(JAVA_LONG);
    call(
        "C_OpenSession",
        slot,
        CKF_RW_SERIAL_SESSION,
        MemorySegment.NULL,
        MemorySegment.NULL,
        handle);
    long session = handle.get(JAVA_LONG, 0);
    try (Arena secrets = Arena.ofConfined()) {
      MemorySegment officer = copy(secrets, officerPin);
      MemorySegment user = copy(secrets, userPin);
      call("C_Login", session, CKU_SO, officer, officer.byteSize());
      call("C_InitPIN", session, user, user.byteSize());
      officer.fill((byte) 0);
      user.fill((byte) 0);
    }
    call("C_CloseSession", session);
  }

  @Override
  public void close() {
    try {
      call("C_Finalize", MemorySegment.NULL);
    } finally {
      arena.close();
    }
  }

  private long[] slots() {
    byte tokenPresent = 1;
    MemorySegment count = arena.allocate(JAVA_LONG);
    call("C_GetSlotList", tokenPresent, MemorySegment.NULL, count);
    MemorySegment slots = arena.allocate(JAVA_LONG, count.get(JAVA_LONG, 0));
    call("C_GetSlotList", tokenPresent, slots, count);
    return slots.asSlice(0, count.get(JAVA_LONG, 0) * JAVA_LONG.byteSize()).toArray(JAVA_LONG);
  }

  private MemorySegment tokenInfo(long slot) {
    MemorySegment info = arena.allocate(TOKEN_INFO_BYTES, Long.BYTES);
    call("C_GetTokenInfo", slot, info);
    return info;
  }

  private void call(String function, Object... arguments) {
    call(
        functions.getAtIndex(ADDRESS, FIRST_FUNCTION + Names.FUNCTIONS.indexOf(function)),
        function,
        arguments);
  }

  private static void call(MemorySegment address, String function, Object... arguments) {
    MemoryLayout[] layouts =
        Arrays.stream(arguments).map(Cryptoki::layoutOf).toArray(MemoryLayout[]::new);
    long result;
    try {
      result =
          (long)
              Linker.nativeLinker()
                  .downcallHandle(address, FunctionDescriptor.of(JAVA_LONG, layouts))
                  .invokeWithArguments(arguments);
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(function, e);
    }
    if (result != CKR_OK) {
      throw new SoftHsmException(function + " returned 0x%X".formatted(result));
    }
  }

  private static MemoryLayout layoutOf(Object argument) {
    return switch (argument) {
      case MemorySegment _ -> ADDRESS;
      case Byte _ -> ValueLayout.JAVA_BYTE;
      default -> JAVA_LONG;
    };
  }

  private static MemorySegment copy(Arena arena, byte[] bytes) {
    return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
  }

  private static byte[] padded(String label) {
    byte[] padded = new byte[LABEL_BYTES];
    Arrays.fill(padded, (byte) ' ');
    byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, padded, 0, bytes.length);
    return padded;
  }
}
