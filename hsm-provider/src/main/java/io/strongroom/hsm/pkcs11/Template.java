package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A template: attributes in the order in which they were put. The order matters to some libraries.
 * For one thread.
 */
final class Template {

  /** The size of a {@code CK_ATTRIBUTE}: type, pointer, length. */
  static final long ATTRIBUTE_BYTES = 24;

  /**
   * A template in native memory.
   *
   * @param at an array of {@code CK_ATTRIBUTE}
   * @param count its length
   */
  record Native(MemorySegment at, long count) {}

  private sealed interface Value {}

  private record Bytes(byte[] bytes) implements Value {}

  private record Nested(Template template) implements Value {}

  private record Attribute(long type, Value value) {}

  private final List<Attribute> attributes = new ArrayList<>();

  Template put(long type, boolean value) {
    return put(type, new byte[] {(byte) (value ? 1 : 0)});
  }

  Template put(long type, long value) {
    byte[] bytes = new byte[Long.BYTES];
    MemorySegment.ofArray(bytes).set(JAVA_LONG_UNALIGNED, 0, value);
    return put(type, bytes);
  }

  Template put(long type, long[] values) {
    byte[] bytes = new byte[values.length * Long.BYTES];
    for (int i = 0; i < values.length; i++) {
      MemorySegment.ofArray(bytes).set(JAVA_LONG_UNALIGNED, (long) i * Long.BYTES, values[i]);
    }
    return put(type, bytes);
  }

  Template put(long type, String value) {
    return put(type, value.getBytes(StandardCharsets.UTF_8));
  }

  Template put(long type, byte[] value) {
    attributes.add(new Attribute(type, new Bytes(value)));
    return this;
  }

  Template put(long type, Template nested) {
    attributes.add(new Attribute(type, new Nested(nested)));
    return this;
  }

  /** Puts all attributes of another template behind these. */
  Template putAll(Template other) {
    attributes.addAll(other.attributes);
    return this;
  }

  /** Copies the template into native memory. */
  Native in(SegmentAllocator memory) {
    MemorySegment array = memory.allocate(Math.max(1, attributes.size()) * ATTRIBUTE_BYTES, 8);
    for (int i = 0; i < attributes.size(); i++) {
      Attribute attribute = attributes.get(i);
      MemorySegment value =
          switch (attribute.value) {
            case Bytes bytes -> memory.allocateFrom(JAVA_BYTE, bytes.bytes);
            case Nested nested -> nested.template.wholeIn(memory);
          };
      long at = i * ATTRIBUTE_BYTES;
      array.set(JAVA_LONG, at, attribute.type);
      array.set(ADDRESS, at + 8, value);
      array.set(JAVA_LONG, at + 16, value.byteSize());
    }
    return new Native(array, attributes.size());
  }

  private MemorySegment wholeIn(SegmentAllocator memory) {
    Native nested = in(memory);
    return nested.at.asSlice(0, nested.count * ATTRIBUTE_BYTES);
  }
}
