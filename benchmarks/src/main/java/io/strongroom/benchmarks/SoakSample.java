package io.strongroom.benchmarks;

import io.strongroom.softhsm.FaultyLibrary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What the process holds at a moment at which nothing runs.
 *
 * @param operations how many operations were done until then
 * @param sessions PKCS#11 sessions that are open
 * @param objects PKCS#11 objects that were made and not destroyed
 * @param heapKib the heap in use after a collection
 * @param nativeKib what the JVM and native memory segments have from the system, heap included; 0
 *     without native memory tracking
 * @param residentKib the process's memory, the library's included
 * @param threads live threads
 */
record SoakSample(
    long operations,
    long sessions,
    long objects,
    long heapKib,
    long nativeKib,
    long residentKib,
    int threads) {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern COMMITTED = Pattern.compile("Total:.*committed=(\\d+)KB");

  static SoakSample take(long operations, FaultyLibrary library) throws IOException, JMException {
    System.gc();
    long sessions = library.calls("C_OpenSession") - library.calls("C_CloseSession");
    long made =
        Stream.of("C_GenerateKey", "C_GenerateKeyPair", "C_GenerateKeyPair", "C_CopyObject")
            .mapToLong(library::calls)
            .sum();
    return new SoakSample(
        operations,
        sessions,
        made - library.calls("C_DestroyObject"),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024,
        number(COMMITTED, nativeMemory()),
        number(RESIDENT, Files.readString(Path.of("/proc/self/status"))),
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private static String nativeMemory() throws JMException {
    Object[] arguments = {new String[] {"summary"}};
    return String.valueOf(
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "vmNativeMemory",
                arguments,
                new String[] {String[].class.getName()}));
  }

  private static long number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }
}
