package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyType;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the length of a secret key on devices that do not remember it. SoftHSM2 reads {@code
 * CKA_VALUE_LEN} as 0 for every key that was unwrapped; there the length is kept as one more number
 * in {@code CKA_ALLOWED_MECHANISMS}, from the vendors' range, beside all mechanisms that such a key
 * may need.
 */
final class LengthMark {
  // CKM_VENDOR_DEFINED with a prefix that no known vendor uses; the low 16 bits are the length.
  private static final long MARK = 0x80000000L | 0x5347_0000L;
  private static final long MARK_MASK = 0xFFFF_0000L;

  private LengthMark() {}

  /** The attribute's value: {@code CK_MECHANISM_TYPE}s. */
  static Template template(KeyType type) {
    LongStream allowed =
        Stream.of(Ckm.values()).filter(m -> concerns(m, type.family())).mapToLong(Ckm::code);
    long[] all = LongStream.concat(allowed, LongStream.of(MARK | type.bits())).toArray();
    return new Template().put(Ck.CKA_ALLOWED_MECHANISMS, all);
  }

  private static boolean concerns(Ckm mechanism, KeyType.Family family) {
    String name = mechanism.name();
    return switch (family) {
      case AES -> name.startsWith("CKM_AES_");
      case SECRET ->
          name.contains("_HMAC")
              || name.contains("DERIV")
              || name.contains("HKDF")
              || name.contains("KDF")
              || name.contains("CONCATENATE");
      case RSA, EC, EDWARDS, MONTGOMERY -> false;
    };
  }

  /** The type of a secret key by what its attributes tell of its length; null if they do not. */
  static @Nullable KeyType read(KeyType.Family family, Attributes attributes) {
    long valueBytes = attributes.number(Ck.CKA_VALUE_LEN);
    long bits = valueBytes > 0 ? valueBytes * 8 : marked(attributes);
    boolean known =
        switch (family) {
          case AES -> bits == 128 || bits == 192 || bits == 256;
          case SECRET -> bits >= 8 && bits <= 4096;
          case RSA, EC, EDWARDS, MONTGOMERY -> false;
        };
    return known ? new KeyType(family, (int) bits) : null;
  }

  private static long marked(Attributes attributes) {
    return LongStream.of(attributes.numbers(Ck.CKA_ALLOWED_MECHANISMS))
        .filter(code -> (code & MARK_MASK) == MARK)
        .map(code -> code & ~MARK_MASK)
        .findFirst()
        .orElse(0);
  }
}
