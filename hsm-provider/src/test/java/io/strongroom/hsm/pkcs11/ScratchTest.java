package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScratchTest {

  private static final int MESSAGE_BYTES = 16_384;

  private final Scratch scratch = new Scratch();

  @Test
  void allocate_forAGcmCallOf16KiB_needsNoMemoryBeyondTheSessions() {
    MemorySegment first = scratch.allocate(1, 8);
    scratch.reset();
    MemorySegment mechanism = NativeMechanism.gcm(scratch, new byte[12], new byte[64], 128);
    MemorySegment out = scratch.allocate(MESSAGE_BYTES + 32, 1);
    MemorySegment length = scratch.allocate(8, 8);
    MemorySegment in = scratch.bytes(new byte[MESSAGE_BYTES]);
    assertThat(mechanism.address()).isGreaterThanOrEqualTo(first.address());
    assertThat(length.address() - out.address())
        .isBetween(MESSAGE_BYTES + 32L, MESSAGE_BYTES + 39L);
    assertThat(in.address()).isEqualTo(length.address() + 8);
  }

  @Test
  void reset_afterOrdinaryUse_leavesOnlyZeros() {
    byte[] secret = new byte[1000];
    Arrays.fill(secret, (byte) 7);
    MemorySegment copy = scratch.bytes(secret);
    scratch.reset();
    assertThat(copy.toArray(JAVA_BYTE)).containsOnly(0);
  }

  @Test
  void bytes_moreThanFits_areCopiedAllTheSame() {
    byte[] large = new byte[100_000];
    large[99_999] = 5;
    assertThat(scratch.bytes(large).toArray(JAVA_BYTE)).isEqualTo(large);
    scratch.reset();
  }
}
