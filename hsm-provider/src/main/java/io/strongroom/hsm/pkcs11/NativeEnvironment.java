package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.strongroom.hsm.HsmException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Map;

/** The process's native environment, which libraries read and Java cannot set. */
final class NativeEnvironment {
  private NativeEnvironment() {}

  /** Sets the variables with {@code setenv(3)}, replacing earlier values. */
  static void set(Map<String, String> variables) {
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
