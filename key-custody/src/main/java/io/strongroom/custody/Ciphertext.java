package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;

/**
 * What {@link KeyService#encrypt} makes. It names its key, so that decryption needs no key
 * argument. All numbers are big endian:
 *
 * <pre>
 * offset  bytes  content
 *      0      4  magic: 53 52 43 54 ("SRCT")
 *      4      1  format version: 1
 *      5     16  CMK id
 *     21      4  key version, from 1
 *     25      1  algorithm: 1 = AES-256-GCM, 12-byte IV, 16-byte tag
 *     26     12  IV
 *     38      4  length of what follows: 16 to 4112
 *     42      n  ciphertext, then the tag
 * </pre>
 *
 * <p>The HSM key behind it has the label {@link #hsmKeyLabel}, so that whoever may use that key can
 * make and read ciphertexts without custody: {@code AES/GCM/NoPadding} with this IV, and {@link
 * #aad} as additional authenticated data.
 *
 * <p>Immutable as long as the arrays, which belong to the caller, are not changed.
 *
 * @param keyId the CMK
 * @param keyVersion its version, from 1
 * @param iv 12 bytes
 * @param sealed the ciphertext with the tag at its end, 16 to 4112 bytes
 */
public record Ciphertext(UUID keyId, int keyVersion, byte[] iv, byte[] sealed) {

  private static final int MAGIC = 0x53524354;
  private static final byte FORMAT = 1;
  private static final byte AES_256_GCM = 1;
  private static final int IV_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int HEADER_BYTES = 4 + 1 + 16 + 4 + 1;
  private static final int PREFIX_BYTES = HEADER_BYTES + IV_BYTES + 4;
  private static final int MAX_SEALED_BYTES = KeyService.MAX_PLAINTEXT_BYTES + TAG_BYTES;

  /**
   * Checks version and lengths.
   *
   * @throws CustodyException.BadInput if one of them is out of range
   */
  public Ciphertext {
    if (keyVersion < 1) {
      throw malformed("names key version " + keyVersion + ", and versions count from 1");
    }
    if (iv.length != IV_BYTES) {
      throw malformed("has an IV of " + iv.length + " bytes, not " + IV_BYTES);
    }
    checkSealed(sealed.length);
  }

  /**
   * Reads what {@link #encode} writes.
   *
   * @throws CustodyException.BadInput if it is anything else, or has bytes behind its end
   */
  public static Ciphertext parse(byte[] bytes) {
    if (bytes.length < PREFIX_BYTES + TAG_BYTES) {
      throw malformed("is cut off after " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != MAGIC) {
      throw malformed("does not begin with SRCT");
    }
    byte format = in.get();
    if (format != FORMAT) {
      throw malformed("has format version " + format + ", and this program knows " + FORMAT);
    }
    UUID keyId = new UUID(in.getLong(), in.getLong());
    int keyVersion = in.getInt();
    byte algorithm = in.get();
    if (algorithm != AES_256_GCM) {
      throw malformed("names algorithm " + algorithm + ", and this program knows " + AES_256_GCM);
    }
    byte[] iv = new byte[IV_BYTES];
    in.get(iv);
    int length = in.getInt();
    checkSealed(length);
    if (in.remaining() != length) {
      throw malformed("says that %d bytes follow, and %d do".formatted(length, in.remaining()));
    }
    byte[] sealed = new byte[length];
    in.get(sealed);
    return new Ciphertext(keyId, keyVersion, iv, sealed);
  }

  /** The bytes, as laid out above. */
  public byte[] encode() {
    return ByteBuffer.allocate(PREFIX_BYTES + sealed.length)
        .put(header(keyId, keyVersion))
        .put(iv)
        .putInt(sealed.length)
        .put(sealed)
        .array();
  }

  /**
   * The additional authenticated data of a ciphertext: its first 26 bytes (magic to algorithm),
   * followed by the context as the number of its entries (4 bytes) and for each, sorted by the
   * name's UTF-8 bytes, length (4 bytes) and UTF-8 bytes of name and value.
   *
   * @throws CustodyException.BadInput if the context has more than 8192 bytes or text that is not
   *     Unicode
   */
  public static byte[] aad(UUID keyId, int keyVersion, Map<String, String> context) {
    return aad(keyId, keyVersion, EncryptionContext.encode(context));
  }

  /** The same for a context that is encoded already. */
  static byte[] aad(UUID keyId, int keyVersion, byte[] encodedContext) {
    return ByteBuffer.allocate(HEADER_BYTES + encodedContext.length)
        .put(header(keyId, keyVersion))
        .put(encodedContext)
        .array();
  }

  /** This ciphertext's additional authenticated data under a context. */
  public byte[] aad(Map<String, String> context) {
    return aad(keyId, keyVersion, context);
  }

  /** The label of the key in the HSM: {@code cmk/<id>/v<version>}. */
  public static String hsmKeyLabel(UUID keyId, int keyVersion) {
    return "cmk/" + keyId + "/v" + keyVersion;
  }

  private static byte[] header(UUID keyId, int keyVersion) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putInt(MAGIC)
        .put(FORMAT)
        .putLong(keyId.getMostSignificantBits())
        .putLong(keyId.getLeastSignificantBits())
        .putInt(keyVersion)
        .put(AES_256_GCM)
        .array();
  }

  private static void checkSealed(int length) {
    if (length < TAG_BYTES || length > MAX_SEALED_BYTES) {
      throw malformed(
          "holds %d bytes, and %d to %d are possible"
              .formatted(length, TAG_BYTES, MAX_SEALED_BYTES));
    }
  }

  private static CustodyException malformed(String how) {
    return new CustodyException.BadInput(
        Reason.MALFORMED, "the ciphertext " + how + "; hand in exactly what encryption returned");
  }
}
