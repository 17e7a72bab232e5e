package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.chain.StoreMac;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.custody.store.WrappingKeyRow.Status;
import io.strongroom.custody.store.WrappingKeyRows;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Import tokens: the magic bytes {@code SRIT}, a format version (2), the id of the store that
 * issued it (16 bytes), what the token binds ({@link ImportToken#encode}) and a MAC over that under
 * a key in the HSM. So a token says itself what it is for, and nobody can make or change one. The
 * store knows each by its SHA-256, for what happens to a token later: it is good for one import,
 * and withdrawn by another. What store and token say must agree, so that a change in the store does
 * not turn a token to another key.
 */
final class ImportTokens {

  /** The label of the MAC key in the HSM. */
  static final String KEY_LABEL = "custody/token-mac";

  private static final String PURPOSE = "strongroom import token 1";
  private static final byte[] PREFIX = {'S', 'R', 'I', 'T', 2};
  private static final int STORE_BYTES = 16;
  private static final int BOUND_AT = PREFIX.length + STORE_BYTES;
  private static final int MAC_AT = BOUND_AT + ImportToken.BYTES;
  private static final int BYTES = MAC_AT + StoreMac.BYTES;

  /** A token that this store has made, and its SHA-256. */
  record Genuine(ImportToken token, String hash) {}

  private final StoreMac mac;
  private final Clock clock;
  private final byte[] store;

  ImportTokens(Hsm hsm, Clock clock, String storeId) {
    this.mac = new StoreMac(hsm, KEY_LABEL, PURPOSE, storeId);
    this.clock = clock;
    UUID id = UUID.fromString(storeId);
    this.store =
        ByteBuffer.allocate(STORE_BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
  }

  byte[] make(ImportToken token) {
    byte[] bound = token.encode();
    return ByteBuffer.allocate(BYTES)
        .put(PREFIX)
        .put(store)
        .put(bound)
        .put(mac.make(bound))
        .array();
  }

  /**
   * What a token says that it binds, whoever made it.
   *
   * @throws IllegalArgumentException if it does not have the form of a token
   */
  static ImportToken unproved(byte[] token) {
    if (token.length != BYTES
        || !Arrays.equals(token, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      throw new IllegalArgumentException("no import token");
    }
    return ImportToken.parse(Arrays.copyOfRange(token, BOUND_AT, MAC_AT));
  }

  /** What a token binds, if this store made it. Asks the HSM. */
  Genuine open(byte[] token) {
    requireForm(token);
    byte[] bound = Arrays.copyOfRange(token, BOUND_AT, MAC_AT);
    boolean ours = Arrays.equals(token, PREFIX.length, BOUND_AT, store, 0, STORE_BYTES);
    if (!ours) {
      throw new CustodyException.BadInput(
          Reason.TOKEN_OF_OTHER_STORE,
          "this import token was issued by another store; name that store, or get parameters for import from this one");
    }
    if (!isOurs(bound, Arrays.copyOfRange(token, MAC_AT, BYTES))) {
      throw unknown();
    }
    return new Genuine(ImportToken.parse(bound), hash(token));
  }

  private static void requireForm(byte[] token) {
    int common = Math.min(token.length, PREFIX.length);
    boolean begins = token.length > 0 && Arrays.equals(token, 0, common, PREFIX, 0, common);
    if (begins && token.length == BYTES) {
      return;
    }
    String what =
        TextForm.of(token)
            .map(text -> "it is %s, and has to be decoded".formatted(text))
            .orElse(
                begins
                    ? "it has %d bytes, where a whole one has %d".formatted(token.length, BYTES)
                    : "it begins otherwise");
    throw new CustodyException.BadInput(
        Reason.TOKEN_MALFORMED,
        "this is no import token: %s; hand in exactly what the parameters for import held"
            .formatted(what));
  }

  private boolean isOurs(byte[] bound, byte[] tag) {
    try {
      return mac.verifies(bound, tag);
    } catch (HsmException.KeyNotFound neverMadeOne) {
      return false;
    }
  }

  static String hash(byte[] token) {
    return Hashes.sha256Hex(token);
  }

  /** The wrapping key that a token stands for, if it can still be used. */
  WrappingKeyRow redeem(Handle handle, Genuine genuine) {
    WrappingKeyRow row =
        WrappingKeyRows.find(handle, genuine.hash()).orElseThrow(ImportTokens::unknown);
    requireAgreement(genuine.token(), row);
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

  private static void requireAgreement(ImportToken token, WrappingKeyRow row) {
    boolean agree =
        row.cmkId().equals(token.cmkId().toString())
            && row.hsmKeyId().equals(token.wrappingKey().toString())
            && row.algorithm().equals(token.algorithm().name())
            && row.expiresMs() == token.validTo().toEpochMilli();
    if (!agree) {
      throw new CustodyException.BadInput(
          Reason.TOKEN_ALTERED,
          "the store says of this import token what the token itself does not: somebody changed the"
              + " store; have that looked into, and get new parameters for import");
    }
  }

  private static CustodyException unknown() {
    return new CustodyException.BadInput(
        Reason.TOKEN_UNKNOWN,
        "this import token was not issued by this store, or was changed since; hand in exactly what the parameters for import held");
  }
}
