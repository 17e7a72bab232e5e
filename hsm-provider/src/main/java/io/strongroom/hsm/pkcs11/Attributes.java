package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of an object, as the device told them; those that it does not have or does not show
 * are missing. Immutable.
 */
final class Attributes {

  // Enough for the modulus of an RSA key of 16,384 bits, the longest thing that is read.
  private static final long ROOM_BYTES = 2048;

  private final Map<Long, byte[]> values;

  private Attributes(Map<Long, byte[]> values) {
    this.values = values;
  }

  /** Reads attributes that are plain values, neither templates nor lists. */
  static Attributes read(Session session, long object, long... types) {
    Scratch memory = session.memory();
    long mark = memory.mark();
    MemorySegment template = memory.allocate(types.length * Template.ATTRIBUTE_BYTES, 8);
    for (int i = 0; i < types.length; i++) {
      long at = i * Template.ATTRIBUTE_BYTES;
      long room = roomBytes(types[i]);
      template.set(JAVA_LONG, at, types[i]);
      template.set(ADDRESS, at + 8, memory.allocate(room, 8));
      template.set(JAVA_LONG, at + 16, room);
    }
    long answer =
        session.functions().getAttributeValue(session.handle(), object, template, types.length);
    if (!tolerable(ReturnCode.of(answer))) {
      throw new CkException("C_GetAttributeValue", answer);
    }
    Attributes read = new Attributes(copy(template, types));
    memory.release(mark);
    return read;
  }

  /**
   * One attribute of any length up to a limit; null if the object does not have or show it, or it
   * is longer.
   */
  static byte @Nullable [] readOne(Session session, long object, long type, int maxBytes) {
    Scratch memory = session.memory();
    MemorySegment template = memory.allocate(Template.ATTRIBUTE_BYTES, 8);
    template.set(JAVA_LONG, 0, type);
    template.set(ADDRESS, 8, MemorySegment.NULL);
    template.set(JAVA_LONG, 16, 0);
    long length = fill(session, object, template);
    if (length <= 0 || length > maxBytes) {
      return null;
    }
    template.set(ADDRESS, 8, memory.allocate(length, 8));
    template.set(JAVA_LONG, 16, length);
    long got = fill(session, object, template);
    return got <= 0 || got > length
        ? null
        : template.get(ADDRESS, 8).reinterpret(got).toArray(JAVA_BYTE);
  }

  // The length that the device gave; -1 for an attribute that it does not have or show.
  private static long fill(Session session, long object, MemorySegment template) {
    long answer = session.functions().getAttributeValue(session.handle(), object, template, 1);
    if (!tolerable(ReturnCode.of(answer))) {
      throw new CkException("C_GetAttributeValue", answer);
    }
    return template.get(JAVA_LONG, 16);
  }

  private static Map<Long, byte[]> copy(MemorySegment template, long[] types) {
    Map<Long, byte[]> values = new HashMap<>();
    for (int i = 0; i < types.length; i++) {
      long at = i * Template.ATTRIBUTE_BYTES;
      long length = template.get(JAVA_LONG, at + 16);
      if (length != Ck.UNAVAILABLE_INFORMATION && length <= roomBytes(types[i])) {
        MemorySegment value = template.get(ADDRESS, at + 8).reinterpret(length);
        values.put(types[i], value.toArray(JAVA_BYTE));
      }
    }
    return values;
  }

  // PKCS#11 v2.40 §5.7: with these answers all other attributes have been filled in.
  private static boolean tolerable(ReturnCode code) {
    return switch (code) {
      case CKR_OK, CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL ->
          true;
      default -> false;
    };
  }

  private static long roomBytes(long type) {
    if (type == Ck.CKA_MODULUS
        || type == Ck.CKA_PUBLIC_EXPONENT
        || type == Ck.CKA_ALLOWED_MECHANISMS) {
      return ROOM_BYTES;
    }
    boolean text = type == Ck.CKA_LABEL || type == Ck.CKA_ID;
    boolean curve = type == Ck.CKA_EC_PARAMS || type == Ck.CKA_EC_POINT;
    return text || curve ? 512 : Long.BYTES;
  }

  /** Whether both are the same, missing ones too, but for these types. */
  boolean equalsExceptFor(Attributes other, long... types) {
    Set<Long> all = new HashSet<>(values.keySet());
    all.addAll(other.values.keySet());
    for (long type : types) {
      all.remove(type);
    }
    return all.stream().allMatch(type -> Arrays.equals(values.get(type), other.values.get(type)));
  }

  /** The value; null if it is missing. */
  byte @Nullable [] bytes(long type) {
    return values.get(type);
  }

  /** The text; empty if it is missing. */
  String text(long type) {
    byte[] value = values.get(type);
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }

  /** Whether the attribute is there and true. */
  boolean isTrue(long type) {
    byte[] value = values.get(type);
    return value != null && value.length == 1 && value[0] != 0;
  }

  /** Whether the attribute is there and false. */
  boolean isFalse(long type) {
    byte[] value = values.get(type);
    return value != null && value.length == 1 && value[0] == 0;
  }

  /** The number; {@link Ck#UNAVAILABLE_INFORMATION} if it is missing. */
  long number(long type) {
    byte[] value = values.get(type);
    return value == null || value.length != Long.BYTES
        ? Ck.UNAVAILABLE_INFORMATION
        : MemorySegment.ofArray(value).get(JAVA_LONG_UNALIGNED, 0);
  }

  /** The numbers of a list, {@code CKA_ALLOWED_MECHANISMS} for example. */
  long[] numbers(long type) {
    byte[] value = values.get(type);
    if (value == null) {
      return new long[0];
    }
    MemorySegment list = MemorySegment.ofArray(value);
    long[] numbers = new long[value.length / Long.BYTES];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(JAVA_LONG_UNALIGNED, (long) i * Long.BYTES);
    }
    return numbers;
  }
}
