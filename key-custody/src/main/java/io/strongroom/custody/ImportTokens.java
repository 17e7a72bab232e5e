package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.custody.store.WrappingKeyRow.Status;
import io.strongroom.custody.store.WrappingKeyRows;
import io.strongroom.hsm.Hsm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.jdbi.v3.core.Handle;

/**
 * Import tokens: the magic bytes {@code SRIT}, a format version and 32 random bytes from the HSM,
 * which nobody can guess. What a token binds — wrapping key, CMK, algorithm, expiry — is in the
 * store under the token's SHA-256, so that neither can be changed by its bearer, and the store
 * alone does not give tokens away.
 */
final class ImportTokens {

  private static final byte[] PREFIX = {'S', 'R', 'I', 'T', 1};
  private static final int RANDOM_BYTES = 32;

  private ImportTokens() {}

  static byte[] make(Hsm hsm) {
    return ByteBuffer.allocate(PREFIX.length + RANDOM_BYTES)
        .put(PREFIX)
        .put(hsm.random(RANDOM_BYTES))
        .array();
  }

  static String hash(byte[] token) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The wrapping key that a token stands for, if it can still be used. */
  static WrappingKeyRow redeem(Handle handle, byte[] token, Clock clock) {
    WrappingKeyRow row =
        WrappingKeyRows.find(handle, hash(wellFormed(token))).orElseThrow(ImportTokens::unknown);
    if (row.status() == Status.USED) {
      throw new CustodyException.BadInput(
          Reason.TOKEN_USED,
          "this import token was used already, for key %s; get new parameters for import"
              .formatted(row.cmkId()));
    }
    if (row.expiresMs() <= clock.millis()) {
      throw new CustodyException.BadInput(
          Reason.TOKEN_EXPIRED,
          "this import token expired on %s; get new parameters for import and wrap the material again"
              .formatted(Instant.ofEpochMilli(row.expiresMs())));
    }
    if (row.status() == Status.EXPIRED) {
      throw new CustodyException.BadInput(
          Reason.TOKEN_EXPIRED,
          "this import token was withdrawn when key %s took material under another; get new parameters for import and wrap the material again"
              .formatted(row.cmkId()));
    }
    return row;
  }

  static CustodyException ofOtherKey(WrappingKeyRow row, String wanted) {
    return new CustodyException.BadInput(
        Reason.TOKEN_OF_OTHER_KEY,
        "this import token is for key %s, not for %s; use the parameters made for the key"
            .formatted(row.cmkId(), wanted));
  }

  private static byte[] wellFormed(byte[] token) {
    if (token.length != PREFIX.length + RANDOM_BYTES
        || !Arrays.equals(token, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      throw unknown();
    }
    return token;
  }

  private static CustodyException unknown() {
    return new CustodyException.BadInput(
        Reason.TOKEN_UNKNOWN,
        "this is no import token of this store; hand in exactly what the parameters for import held");
  }
}
