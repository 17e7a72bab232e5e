package io.strongroom.cluster.wire;

import com.google.protobuf.ByteString;
import io.strongroom.hsm.HsmException;
import java.time.Duration;

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

  /** The most bytes of operations that wait or run for one connection. */
  public static final int OUTSTANDING_BYTES = 32 << 20;

  /** The most operations of one identity, on all its connections, that wait for the token. */
  public static final int WAITING_PER_IDENTITY = 4 * OUTSTANDING;

  /** The most operations that wait for the token. */
  public static final int WAITING = 16 * OUTSTANDING;

  /** The most control calls of one identity that wait. */
  public static final int CALLS_WAITING_PER_IDENTITY = 256;

  /** The most control calls that wait. */
  public static final int CALLS_WAITING = 1024;

  /** The most connections to a node. */
  public static final int CONNECTIONS = 1024;

  /** The most connections of one identity. */
  public static final int CONNECTIONS_PER_IDENTITY = 256;

  /** The most calls and streams at once on one connection. */
  public static final int STREAMS = 64;

  /** The most bytes of a call's headers. */
  public static final int HEADER_BYTES = 16 * 1024;

  /** How long a connection may take until it is known who is there. */
  public static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /** How long nothing may happen on a connection. */
  public static final Duration IDLE = Duration.ofMinutes(2);

  /** The most calls and streams that one connection may take back in a window. */
  public static final int RESETS_PER_WINDOW = 200;

  /** The most pings and settings of one connection in a window. */
  public static final int CONTROL_FRAMES_PER_WINDOW = 200;

  /** The window of the two above. */
  public static final Duration WINDOW = Duration.ofSeconds(30);

  /** The longest deadline, in milliseconds. */
  public static final int DEADLINE_MILLIS = 600_000;

  /** The greatest message from a node to a caller that trusts it: an inventory may be long. */
  public static final int REPLY_BYTES = 16 << 20;

  private Limits() {}

  /** The most bytes of operations that wait or run in a node: a quarter of its heap. */
  public static long allOutstandingBytes() {
    return Runtime.getRuntime().maxMemory() / 4;
  }

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
