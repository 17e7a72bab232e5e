package io.strongroom.softhsm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Loads a library in a process of its own, and calls it until it ends. */
final class RawProcess {
  private RawProcess() {}

  record Result(int exitCode, String output) {}

  /** Loads a library there, and gives its output and 0 if C_Initialize worked. */
  static Result list(Path library) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    RawProcess.class.getName(),
                    library.toString()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  public static void main(String[] args) throws Throwable {
    SymbolLookup symbols = SymbolLookup.libraryLookup(Path.of(args[0]), Arena.global());
    try (Arena arena = Arena.ofConfined()) {
      require(call(symbols, "C_Initialize", MemorySegment.NULL));
      MemorySegment buffer = arena.allocate(16);
      // Without a session: the fault comes before the library could say so.
      Linker.nativeLinker()
          .downcallHandle(
              symbols.findOrThrow("C_GenerateRandom"),
              FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG))
          .invokeWithArguments(0L, buffer.asSlice(0, 16), 16L);
      require(buffer.get(JAVA_BYTE, 0));
    }
  }

  private static long call(SymbolLookup symbols, String function, MemorySegment argument)
      throws Throwable {
    return (long)
        Linker.nativeLinker()
            .downcallHandle(
                symbols.findOrThrow(function), FunctionDescriptor.of(JAVA_LONG, ADDRESS))
            .invokeWithArguments(argument);
  }

  private static void require(long answer) {
    if (answer != 0) {
      System.exit((int) answer);
    }
  }
}
