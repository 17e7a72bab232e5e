package io.strongroom.custody.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretMemoryTest {

  @Test
  void allocate_pages_areLockedAndKeptOutOfCoreFiles() throws Exception {
    try (SecretMemory memory = SecretMemory.allocate()) {
      assertThat(memory.locked()).as("mlock works for a few pages everywhere").isTrue();
      List<String> flags = flagsOf(memory.secret(1).memory().address());
      assertThat(flags).contains("lo", "dd");
    }
  }

  @Test
  void secret_fresh_isZeroAndWipedByWipe() {
    try (SecretMemory memory = SecretMemory.allocate()) {
      Secret secret = memory.secret(32);
      assertThat(secret.isZero()).isTrue();
      SecretMemory.randomise(secret);
      assertThat(secret.isZero()).isFalse();
      secret.wipe();
      assertThat(secret.isZero()).isTrue();
    }
  }

  @Test
  void close_always_endsAllUse() {
    SecretMemory memory = SecretMemory.allocate();
    Secret secret = memory.secret(32);
    memory.close();
    memory.close();
    assertThatThrownBy(() -> secret.at(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void secret_beyondThePages_isRefused() {
    try (SecretMemory memory = SecretMemory.allocate()) {
      memory.secret(SecretMemory.BYTES - 16);
      memory.secret(16);
      assertThatThrownBy(() -> memory.secret(1)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void toString_ofASecret_tellsItsSizeOnly() {
    try (SecretMemory memory = SecretMemory.allocate()) {
      assertThat(memory.secret(32)).hasToString("Secret[32 bytes]");
    }
  }

  @Test
  void sameAs_oneBitApart_isFalse() {
    try (SecretMemory memory = SecretMemory.allocate()) {
      Secret one = memory.secret(4);
      Secret other = memory.secret(4);
      SecretMemory.randomise(one);
      other.copy(one);
      assertThat(one.sameAs(other)).isTrue();
      other.set(3, other.at(3) ^ 1);
      assertThat(one.sameAs(other)).isFalse();
      assertThatThrownBy(() -> one.sameAs(memory.secret(5)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** The flags of the mapping that an address is in (proc(5), smaps). */
  private static List<String> flagsOf(long address) throws Exception {
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        String[] range = line.substring(0, line.indexOf(' ')).split("-", -1);
        inside =
            Long.compareUnsigned(address, Long.parseUnsignedLong(range[0], 16)) >= 0
                && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
      } else if (inside && line.startsWith("VmFlags:")) {
        return List.of(line.substring("VmFlags:".length()).strip().split(" ", -1));
      }
    }
    throw new IllegalStateException("no mapping has the address");
  }
}
