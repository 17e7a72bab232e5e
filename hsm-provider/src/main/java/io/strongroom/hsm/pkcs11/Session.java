package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;

/** A PKCS#11 session and the native memory for its operations. For one thread at a time. */
final class Session {
  private static final int FIND_AT_ONCE = 64;

  private final Cryptoki functions;
  private final Generation generation;
  private final long handle;
  private final Scratch memory = new Scratch();
  private boolean littered;

  private Session(Cryptoki functions, Generation generation, long handle) {
    this.functions = functions;
    this.generation = generation;
    this.handle = handle;
  }

  /** Opens a read-write session. */
  static Session open(Cryptoki functions, Generation generation, long slot) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle = arena.allocate(JAVA_LONG);
      functions.openSession(slot, Ck.CKF_SERIAL_SESSION | Ck.CKF_RW_SESSION, handle);
      return new Session(functions, generation, handle.get(JAVA_LONG, 0));
    }
  }

  /** The login that this session lives under. */
  Generation generation() {
    return generation;
  }

  Cryptoki functions() {
    return functions;
  }

  long handle() {
    return handle;
  }

  Scratch memory() {
    return memory;
  }

  /** The session's state, {@code CKS_*}; it changes when anyone in the process logs out. */
  long state() {
    long mark = memory.mark();
    long state = state(functions, handle, memory);
    memory.release(mark);
    return state;
  }

  static long state(Cryptoki functions, long session, SegmentAllocator memory) {
    // CK_SESSION_INFO: slot, state, flags, device error.
    MemorySegment info = memory.allocate(32, 8);
    functions.getSessionInfo(session, info);
    return info.get(JAVA_LONG, 8);
  }

  /** The handles of all objects that the template fits. */
  List<Long> find(Template template) {
    List<Long> found = new ArrayList<>();
    long mark = memory.mark();
    functions.findObjectsInit(handle, template.in(memory));
    MemorySegment handles = memory.allocate(JAVA_LONG, FIND_AT_ONCE);
    MemorySegment count = memory.allocate(JAVA_LONG);
    long got;
    do {
      functions.findObjects(handle, handles, FIND_AT_ONCE, count);
      got = count.get(JAVA_LONG, 0);
      for (long i = 0; i < got; i++) {
        found.add(handles.getAtIndex(JAVA_LONG, i));
      }
    } while (got > 0);
    functions.findObjectsFinal(handle);
    memory.release(mark);
    return found;
  }

  /** Creates an object from its attributes. */
  long create(Template template) {
    MemorySegment object = memory.allocate(JAVA_LONG);
    functions.createObject(handle, template.in(memory), object);
    return object.get(JAVA_LONG, 0);
  }

  /** Copies an object, with these attributes changed. */
  long copy(long object, Template template) {
    MemorySegment copy = memory.allocate(JAVA_LONG);
    functions.copyObject(handle, object, template.in(memory), copy);
    return copy.get(JAVA_LONG, 0);
  }

  /** Generates a secret key. */
  long generate(MemorySegment mechanism, Template template) {
    MemorySegment key = memory.allocate(JAVA_LONG);
    functions.generateKey(handle, mechanism, template.in(memory), key);
    return key.get(JAVA_LONG, 0);
  }

  /** Wraps a key. */
  byte[] wrap(Cryptoki.Wrapping wrapping, long key, int roomBytes) {
    MemorySegment out = memory.allocate(roomBytes, 1);
    MemorySegment length = memory.allocate(JAVA_LONG);
    length.set(JAVA_LONG, 0, roomBytes);
    functions.wrapKey(handle, wrapping, key, out, length);
    return Scratch.copy(out, length);
  }

  /** Unwraps a key. */
  long unwrap(Cryptoki.Wrapping wrapping, byte[] wrapped, Template template) {
    MemorySegment key = memory.allocate(JAVA_LONG);
    functions.unwrapKey(handle, wrapping, memory.bytes(wrapped), template.in(memory), key);
    return key.get(JAVA_LONG, 0);
  }

  /** Derives a key from another. */
  long derive(MemorySegment mechanism, long base, Template template) {
    MemorySegment key = memory.allocate(JAVA_LONG);
    functions.deriveKey(handle, mechanism, base, template.in(memory), key);
    return key.get(JAVA_LONG, 0);
  }

  /** Encrypts in one call. */
  byte[] encrypt(MemorySegment mechanism, long key, byte[] input, int roomBytes) {
    functions.encryptInit(handle, mechanism, key);
    MemorySegment out = memory.allocate(roomBytes, 1);
    MemorySegment length = memory.allocate(JAVA_LONG);
    length.set(JAVA_LONG, 0, roomBytes);
    functions.encrypt(handle, memory.bytes(input), out, length);
    return Scratch.copy(out, length);
  }

  /** Decrypts in one call. */
  byte[] decrypt(MemorySegment mechanism, long key, byte[] input, int roomBytes) {
    functions.decryptInit(handle, mechanism, key);
    MemorySegment out = memory.allocate(roomBytes, 1);
    MemorySegment length = memory.allocate(JAVA_LONG);
    length.set(JAVA_LONG, 0, roomBytes);
    functions.decrypt(handle, memory.bytes(input), out, length);
    return Scratch.copy(out, length);
  }

  /** Signs, or computes a MAC, in one call. */
  byte[] sign(MemorySegment mechanism, long key, byte[] input, int roomBytes) {
    functions.signInit(handle, mechanism, key);
    MemorySegment out = memory.allocate(roomBytes, 1);
    MemorySegment length = memory.allocate(JAVA_LONG);
    length.set(JAVA_LONG, 0, roomBytes);
    functions.sign(handle, memory.bytes(input), out, length);
    return Scratch.copy(out, length);
  }

  /** Verifies in one call. */
  boolean verify(MemorySegment mechanism, long key, byte[] input, byte[] signature) {
    functions.verifyInit(handle, mechanism, key);
    long answer = functions.verify(handle, memory.bytes(input), memory.bytes(signature));
    return switch (ReturnCode.of(answer)) {
      case CKR_OK -> true;
      case CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE -> false;
      default -> throw new CkException("C_Verify", answer);
    };
  }

  /** Bytes from the device's random source. */
  byte[] random(int bytes) {
    MemorySegment out = memory.allocate(bytes, 1);
    functions.generateRandom(handle, out);
    return out.toArray(JAVA_BYTE);
  }

  /** Destroys an object. */
  void destroy(long object) {
    functions.destroyObject(handle, object);
  }

  /** Destroys a temporary object, as far as the session still can. */
  void destroyQuietly(long object) {
    try {
      functions.destroyObject(handle, object);
    } catch (CkException e) {
      // It belongs to this session and goes with it.
      littered |= !e.code().handleStale();
    }
  }

  /** Whether a temporary object could not be destroyed, so that the session is to be closed. */
  boolean littered() {
    return littered;
  }

  /** Closes the session, whatever state it is in. */
  void close() {
    functions.closeSession(handle);
    memory.reset();
  }
}
