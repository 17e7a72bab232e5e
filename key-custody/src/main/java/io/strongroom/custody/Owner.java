package io.strongroom.custody;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * This process, as others on the same store can look for it: {@code host/pid/start}. The host is
 * its name, its boot and its space of process ids, because containers may share a name and count
 * their processes each for itself.
 */
final class Owner {

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PROCESS_IDS = Path.of("/proc/self/ns/pid");

  private final String host;
  private final String text;

  private Owner(String host, String text) {
    this.host = host;
    this.text = text;
  }

  static Owner thisProcess() {
    String host = host();
    ProcessHandle self = ProcessHandle.current();
    return new Owner(host, host + "/" + self.pid() + "/" + start(self));
  }

  /**
   * True if that owner's process ran on this host and does not any more. Of another host's
   * processes nothing is known.
   */
  boolean knowsGone(String other) {
    String[] parts = other.split("/", -1);
    if (parts.length != 3 || host.isEmpty() || !parts[0].equals(host)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(parts[1]));
    return process
        .map(p -> !p.isAlive() || !String.valueOf(start(p)).equals(parts[2]))
        .orElse(true);
  }

  @Override
  public String toString() {
    return text;
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String host() {
    try {
      String host =
          Files.readString(HOST_NAME).strip()
              + "+"
              + Files.readString(BOOT).strip()
              + "+"
              + Files.readSymbolicLink(PROCESS_IDS);
      return host.replace('/', '_');
    } catch (IOException e) {
      // Not Linux: owners are then told gone by their age alone.
      return "";
    }
  }
}
