package io.strongroom.cluster.wire;

import com.google.protobuf.ByteString;
import io.strongroom.hsm.HsmException;

/** The limits of {@code node.proto}, in one place. */
public final class Limits {
  /** The greatest message, in bytes. */
  public static final int MESSAGE_BYTES = 1 << 20;

  /** The greatest input of an operation, in bytes. */
  public static final int INPUT_BYTES = 512 * 1024;

  /** The greatest AAD or OAEP label, in bytes: beside a full input it still fits a message. */
  public static final int AAD_BYTES = 256 * 1024;

  /** The greatest IV, in bytes. */
  public static final int IV_BYTES = 1024;

  /** The greatest signature, in bytes: RSA of 16384 bits. */
  public static final int SIGNATURE_BYTES = 2048;

  /** The greatest wrapped key, in bytes. */
  public static final int WRAPPED_BYTES = 8 * 1024;

  /** The greatest salt or info of a derivation, in bytes. */
  public static final int DERIVE_INPUT_BYTES = 16 * 1024;

  /** The greatest public key, in bytes. */
  public static final int PUBLIC_KEY_BYTES = 4 * 1024;

  /** The length of a check value, in bytes. */
  public static final int CHECK_VALUE_BYTES = 3;

  /** The length of a seal's or tombstone's MAC, in bytes. */
  public static final int MAC_BYTES = 32;

  /** The most bytes from one call for random ones. */
  public static final int RANDOM_BYTES = 65_536;

  /** The most operations that wait or run for one connection. */
  public static final int OUTSTANDING = 256;

  /** The longest deadline, in milliseconds. */
  public static final int DEADLINE_MILLIS = 600_000;

  /** The greatest message from a node to a caller that trusts it: an inventory may be long. */
  public static final int REPLY_BYTES = 16 << 20;

  private Limits() {}

  /**
   * The bytes, if they are not too many.
   *
   * @param what the field's name, for the message
   */
  public static byte[] atMost(int bytes, ByteString value, String what) {
    if (value.size() > bytes) {
      throw new HsmException.BadInput(
          what + " has " + value.size() + " bytes; at most " + bytes + " are allowed");
    }
    return value.toByteArray();
  }

  /**
   * The bytes, if they are exactly this many.
   *
   * @param what the field's name, for the message
   */
  public static byte[] exactly(int bytes, ByteString value, String what) {
    if (value.size() != bytes) {
      throw new HsmException.BadInput(
          what + " has " + value.size() + " bytes; exactly " + bytes + " are wanted");
    }
    return value.toByteArray();
  }
}
