package io.strongroom.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where it was measured.
 *
 * @param processor the processor's name
 * @param cores how many of them
 * @param system operating system and version
 * @param java the JVM
 * @param module the PKCS#11 library's file
 */
public record Machine(String processor, int cores, String system, String java, String module) {

  static Machine describe(BenchmarkToken token) {
    return describe(token.library());
  }

  /** This machine, and a library on it. */
  public static Machine describe(Path library) {
    return new Machine(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        library.toString());
  }

  /** How many processes wanted a processor over the last minute. */
  public static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String processorName() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** One sentence. */
  public String sentence() {
    return String.format(
        Locale.ROOT, "%d × %s, %s, %s, %s", cores, processor, system, java, module);
  }
}
