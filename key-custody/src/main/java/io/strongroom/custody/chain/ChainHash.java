package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a record: SHA-256 over the ASCII bytes {@code strongroom audit 1}, then sequence and
 * time as 64-bit big-endian numbers, then each text column in the table's order as its length in
 * bytes (32-bit big-endian, -1 for null) and its UTF-8 bytes; before the previous hash, which is
 * the last, stands the number of the last checkpoint (64-bit).
 */
final class ChainHash {

  /** What the first record has as its previous hash. */
  static final String NONE = "0".repeat(64);

  private static final byte[] DOMAIN = "strongroom audit 1".getBytes(StandardCharsets.US_ASCII);

  private final MessageDigest digest;
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

  private ChainHash() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String of(AuditRow row) {
    ChainHash hash = new ChainHash();
    hash.digest.update(DOMAIN);
    hash.number(row.sequence());
    hash.number(row.timeMs());
    hash.text(row.principal());
    hash.text(row.operation());
    hash.text(row.keyId());
    hash.text(row.alias());
    hash.text(row.result());
    hash.text(row.nodes());
    hash.text(row.details());
    hash.number(row.checkpointSequence());
    hash.text(row.previousHash());
    return HexFormat.of().formatHex(hash.digest.digest());
  }

  private void number(long value) {
    digest.update(number.clear().putLong(value).flip());
  }

  private void length(int value) {
    digest.update(number.clear().putInt(value).flip());
  }

  private void text(@Nullable String text) {
    if (text == null) {
      length(-1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    length(bytes.length);
    digest.update(bytes);
  }
}
