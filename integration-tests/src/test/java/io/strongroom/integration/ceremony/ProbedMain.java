package io.strongroom.integration.ceremony;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.strongroom.cli.Strongroom;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A {@code strongroom} command in a JVM that, while it runs, looks through its own memory on
 * request: for each masked pattern in the file {@code request} it says where it is, and it dumps
 * its heap. Patterns are never unmasked here, so that looking for one does not make one.
 */
final class ProbedMain {
  static final int MASK = 0x5a;

  private static final int CHUNK = 1 << 20;
  private static final int MAX_PATTERN = 256;

  private ProbedMain() {}

  /** The probe's folder, and the command's arguments. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    // The command guards this process, after which nobody may open these.
    RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r");
    RandomAccessFile maps = new RandomAccessFile("/proc/self/maps", "r");
    var watch = folder.getFileSystem().newWatchService();
    folder.register(watch, java.nio.file.StandardWatchEventKinds.ENTRY_CREATE);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              var key = watch.take();
              key.pollEvents();
              key.reset();
              Path request = folder.resolve("request");
              if (Files.exists(request)) {
                answer(folder, request, memory, maps);
              }
            }
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    Strongroom.main(Arrays.copyOfRange(args, 1, args.length));
  }

  private static void answer(
      Path folder, Path request, RandomAccessFile memory, RandomAccessFile maps)
      throws IOException {
    List<byte[]> patterns =
        Files.readAllLines(request).stream().map(HexFormat.of()::parseHex).toList();
    Files.delete(request);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(folder.resolve("heap.hprof").toString(), false);
    List<String> found = new ArrayList<>();
    for (String mapping : mappings(maps)) {
      search(memory, mapping, patterns, found);
    }
    Path part = Files.write(folder.resolve("answer.part"), found);
    Files.move(part, folder.resolve("answer"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<String> mappings(RandomAccessFile maps) throws IOException {
    maps.seek(0);
    List<String> writable = new ArrayList<>();
    for (String line = maps.readLine(); line != null; line = maps.readLine()) {
      if (line.contains(" rw") && !line.contains("[v")) {
        writable.add(line);
      }
    }
    return writable;
  }

  private static void search(
      RandomAccessFile memory, String mapping, List<byte[]> patterns, List<String> found)
      throws IOException {
    String[] range = mapping.substring(0, mapping.indexOf(' ')).split("-");
    long from = Long.parseUnsignedLong(range[0], 16);
    long to = Long.parseUnsignedLong(range[1], 16);
    boolean[] begins = new boolean[256];
    patterns.forEach(pattern -> begins[(pattern[0] ^ MASK) & 0xff] = true);
    byte[] chunk = new byte[CHUNK + MAX_PATTERN];
    for (long at = from; at < to; at += CHUNK) {
      memory.seek(at);
      int length = memory.read(chunk, 0, (int) Math.min(chunk.length, to - at));
      for (int i = 0; i < Math.min(length, CHUNK); i++) {
        if (begins[chunk[i] & 0xff]) {
          for (int p = 0; p < patterns.size(); p++) {
            if (startsAt(chunk, i, length, patterns.get(p))) {
              found.add(p + " " + Long.toHexString(at + i) + " in " + mapping);
            }
          }
        }
      }
    }
    Arrays.fill(chunk, (byte) 0);
  }

  private static boolean startsAt(byte[] chunk, int at, int length, byte[] masked) {
    if (at + masked.length > length) {
      return false;
    }
    for (int i = 0; i < masked.length; i++) {
      if ((byte) (chunk[at + i] ^ MASK) != masked[i]) {
        return false;
      }
    }
    return true;
  }

  /** Asks the probe in that folder where these are; the heap dump is beside its answer. */
  static List<String> ask(Path folder, List<byte[]> patterns) throws IOException {
    List<String> masked = new ArrayList<>();
    for (byte[] pattern : patterns) {
      byte[] copy = pattern.clone();
      for (int i = 0; i < copy.length; i++) {
        copy[i] ^= MASK;
      }
      masked.add(HexFormat.of().formatHex(copy));
    }
    Files.deleteIfExists(folder.resolve("answer"));
    Files.deleteIfExists(folder.resolve("heap.hprof"));
    Path part = Files.write(folder.resolve("request.part"), masked, StandardCharsets.US_ASCII);
    Files.move(part, folder.resolve("request"), StandardCopyOption.ATOMIC_MOVE);
    org.awaitility.Awaitility.await("the probe's answer")
        .atMost(java.time.Duration.ofMinutes(2))
        .until(() -> Files.exists(folder.resolve("answer")));
    return Files.readAllLines(folder.resolve("answer"));
  }
}
