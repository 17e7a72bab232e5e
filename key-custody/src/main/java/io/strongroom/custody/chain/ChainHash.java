package io.strongroom.custody.chain;

import io.strongroom.custody.store.AuditRow;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  private ChainHash() {}

  static String of(AuditRow row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(DOMAIN);
      out.writeLong(row.sequence());
      out.writeLong(row.timeMs());
      text(out, row.principal());
      text(out, row.operation());
      text(out, row.keyId());
      text(out, row.alias());
      text(out, row.result());
      text(out, row.nodes());
      text(out, row.details());
      out.writeLong(row.checkpointSequence());
      text(out, row.previousHash());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(sha256().digest(bytes.toByteArray()));
  }

  private static void text(DataOutputStream out, @Nullable String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
