package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditKey;
import io.strongroom.custody.store.CheckpointRow;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.HexFormat;

/**
 * What a checkpoint's signature covers: the lines {@code strongroom audit checkpoint 2}, the
 * store's id, the record's number, its hash and the checkpoint's time in milliseconds since 1970,
 * each ended by a line feed. It is signed with SHA-256, by ECDSA (DER) or RSA PKCS #1 v1.5.
 */
final class CheckpointText {

  private CheckpointText() {}

  static byte[] of(String storeId, long sequence, String hash, long timeMs) {
    String text =
        "strongroom audit checkpoint 2\n%s\n%d\n%s\n%d\n"
            .formatted(storeId, sequence, hash, timeMs);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether a checkpoint was signed with this key. */
  static boolean verifies(AuditKey key, String storeId, CheckpointRow row) {
    boolean ec = key.publicKey().getAlgorithm().equals("EC");
    try {
      Signature signature = Signature.getInstance(ec ? "SHA256withECDSA" : "SHA256withRSA");
      signature.initVerify(key.publicKey());
      signature.update(of(storeId, row.sequence(), row.hash(), row.timeMs()));
      return signature.verify(HexFormat.of().parseHex(row.signature()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // A signature that cannot even be read was not made by the key.
      return false;
    }
  }
}
