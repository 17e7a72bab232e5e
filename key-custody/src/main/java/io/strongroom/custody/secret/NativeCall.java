package io.strongroom.custody.secret;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/** A C function. Immutable, safe for use by many threads. */
final class NativeCall {

  /** What a function returned, and {@code errno} after it. */
  record Answer(long value, int errno) {}

  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  private final String name;
  private final MethodHandle handle;

  private NativeCall(String name, MethodHandle handle) {
    this.name = name;
    this.handle = handle;
  }

  static NativeCall of(
      SymbolLookup library, String name, FunctionDescriptor type, Linker.Option... options) {
    List<Linker.Option> all = new ArrayList<>(List.of(options));
    all.add(Linker.Option.captureCallState("errno"));
    return new NativeCall(
        name,
        Linker.nativeLinker()
            .downcallHandle(library.findOrThrow(name), type, all.toArray(new Linker.Option[0])));
  }

  /** Calls a function that returns an {@code int} or a {@code long}. */
  Answer number(Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      Number value = (Number) invoke(state, arguments);
      return new Answer(value.longValue(), (int) ERRNO.get(state, 0L));
    }
  }

  /** Calls a function that returns a pointer. */
  MemorySegment pointer(Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      return (MemorySegment) invoke(arena.allocate(Linker.Option.captureStateLayout()), arguments);
    }
  }

  /** Calls a function that returns nothing. */
  void nothing(Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      invoke(arena.allocate(Linker.Option.captureStateLayout()), arguments);
    }
  }

  private Object invoke(MemorySegment state, Object[] arguments) {
    List<Object> all = new ArrayList<>(arguments.length + 1);
    all.add(state);
    all.addAll(List.of(arguments));
    try {
      return handle.invokeWithArguments(all);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name + " cannot be called", e);
    }
  }
}
