package io.strongroom.custody.secret;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Some secret bytes in {@link SecretMemory}. They are zero at first and after {@link #wipe}. No
 * method copies them into the heap, none takes a time that depends on them. For one thread at a
 * time.
 */
public final class Secret {

  private final MemorySegment bytes;

  Secret(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /** How many bytes. */
  public int size() {
    return Math.toIntExact(bytes.byteSize());
  }

  /** The memory itself, for arithmetic and native calls: never copy it into an array. */
  public MemorySegment memory() {
    return bytes;
  }

  /** One byte, 0 to 255. */
  public int at(int index) {
    return bytes.get(JAVA_BYTE, index) & 0xff;
  }

  /** Sets one byte to the low 8 bits of a value. */
  public void set(int index, int value) {
    bytes.set(JAVA_BYTE, index, (byte) value);
  }

  /** The first bytes of it, as a view. */
  public Secret first(int size) {
    return slice(0, size);
  }

  /** Some bytes of it, as a view. */
  public Secret slice(int from, int size) {
    return new Secret(bytes.asSlice(from, size));
  }

  /** Adds (exclusive or) the bytes of another secret of this size. */
  public void xor(Secret other) {
    requireSameSize(other);
    for (int i = 0; i < size(); i++) {
      set(i, at(i) ^ other.at(i));
    }
  }

  /** Takes over the bytes of another secret of this size. */
  public void copy(Secret other) {
    requireSameSize(other);
    bytes.copyFrom(other.bytes);
  }

  /** Whether another secret of this size has the same bytes. */
  public boolean sameAs(Secret other) {
    requireSameSize(other);
    int difference = 0;
    for (int i = 0; i < size(); i++) {
      difference |= at(i) ^ other.at(i);
    }
    return difference == 0;
  }

  /** Whether every byte is zero. */
  public boolean isZero() {
    int any = 0;
    for (int i = 0; i < size(); i++) {
      any |= at(i);
    }
    return any == 0;
  }

  /** Makes every byte zero. */
  public void wipe() {
    bytes.fill((byte) 0);
  }

  /** Tells the size and nothing else. */
  @Override
  public String toString() {
    return "Secret[" + size() + " bytes]";
  }

  private void requireSameSize(Secret other) {
    if (other.size() != size()) {
      throw new IllegalArgumentException(
          "a secret of %d bytes is wanted here, not of %d".formatted(size(), other.size()));
    }
  }
}
