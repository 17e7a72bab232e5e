package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.HsmException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a native library is started with. Immutable.
 *
 * @param variables the process's own environment, which libraries read and Java cannot set
 * @param initialisation a text for {@code C_Initialize}, for the libraries that want one; null for
 *     all others
 */
record NativeEnvironment(Map<String, String> variables, @Nullable String initialisation) {

  /** Copies the map. */
  NativeEnvironment {
    variables = Map.copyOf(variables);
  }

  /** Sets the variables with {@code setenv(3)}, replacing earlier values. */
  void set() {
    if (variables.isEmpty()) {
      return;
    }
    Linker linker = Linker.nativeLinker();
    MethodHandle setenv =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    variables.forEach((name, value) -> set(setenv, name, value));
  }

  /** {@code CK_C_INITIALIZE_ARGS} (PKCS#11 v2.40 §3.7) with the operating system's locks. */
  MemorySegment arguments(Arena arena) {
    // Four mutex callbacks, flags, the reserved pointer; NSS has one more after it.
    MemorySegment arguments = arena.allocate(56, 8);
    arguments.set(JAVA_LONG, 32, Ck.CKF_OS_LOCKING_OK);
    if (initialisation != null) {
      arguments.set(ADDRESS, 40, arena.allocateFrom(initialisation));
    }
    return arguments;
  }

  private static void set(MethodHandle setenv, String name, String value) {
    int answer;
    try (Arena arena = Arena.ofConfined()) {
      answer = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
    } catch (Throwable e) {
      throw new IllegalStateException("setenv cannot be called", e);
    }
    if (answer != 0) {
      throw new HsmException.BadInput(
          "the environment variable \"" + name + "\" cannot be set; check x-env=NAME=value");
    }
  }
}
