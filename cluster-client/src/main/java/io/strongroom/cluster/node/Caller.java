package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.hsm.HsmException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of one connection, and how much it has under way. Safe for use by many
 * threads.
 */
final class Caller {
  private final String cluster;
  private final @Nullable SpiffeId id;
  private final Refusals refusals;
  private final AtomicLong allBytes;
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicLong outstandingBytes = new AtomicLong();
  private final Set<OperateStream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean retired;

  /**
   * @param cluster the node's cluster
   * @param id who the certificate says it is; null where it says nothing that can be read
   * @param allBytes counts what is outstanding of all callers
   */
  Caller(String cluster, @Nullable SpiffeId id, Refusals refusals, AtomicLong allBytes) {
    this.cluster = cluster;
    this.id = id;
    this.refusals = refusals;
    this.allBytes = allBytes;
  }

  /**
   * Checks that this caller may make a call; refusals are logged.
   *
   * @throws HsmException.AccessDenied if not
   * @throws HsmException.DeviceUnavailable if its connection is to be replaced by a new one
   */
  void require(Call call) {
    if (retired) {
      throw new HsmException.DeviceUnavailable(
          "this connection's certificate is at its end; connect anew with the one that follows it");
    }
    if (id != null && id.cluster().equals(cluster) && call.isAllowedTo(id.role())) {
      return;
    }
    refusals.call(
        id != null && id.cluster().equals(cluster) ? Refusal.ROLE : Refusal.WRONG_CLUSTER,
        toString(),
        call.name());
    throw new HsmException.AccessDenied(
        this
            + " may not call "
            + call
            + " in cluster \""
            + cluster
            + "\"; use a certificate of a role that may");
  }

  /**
   * Takes a place among the outstanding operations.
   *
   * @param bytes the operation's size
   * @throws HsmException.Throttled if there is none
   */
  void begin(int bytes) {
    int operations = outstanding.incrementAndGet();
    long own = outstandingBytes.addAndGet(bytes);
    long all = allBytes.addAndGet(bytes);
    if (operations > Limits.OUTSTANDING
        || own > Limits.OUTSTANDING_BYTES
        || all > Limits.allOutstandingBytes()) {
      end(bytes);
      refusals.quietly(Refusal.OUTSTANDING);
      throw new HsmException.Throttled(
          "more than %d operations or %d MiB are outstanding on this connection, or too much in all; wait for answers"
              .formatted(Limits.OUTSTANDING, Limits.OUTSTANDING_BYTES >> 20));
    }
  }

  /** Gives the place back. */
  void end(int bytes) {
    outstanding.decrementAndGet();
    outstandingBytes.addAndGet(-bytes);
    allBytes.addAndGet(-bytes);
  }

  /** How many operations wait or run. */
  int outstanding() {
    return outstanding.get();
  }

  /** Whose turn it is when callers take turns: all connections of one identity share it. */
  Object lane() {
    return toString();
  }

  void opened(OperateStream stream) {
    streams.add(stream);
    if (retired) {
      stream.end();
    }
  }

  void closed(OperateStream stream) {
    streams.remove(stream);
  }

  /** Answers what is outstanding, lets nothing new begin, and ends its streams. */
  void retire() {
    retired = true;
    streams.forEach(OperateStream::end);
  }

  @Nullable SpiffeId id() {
    return id;
  }

  @Override
  public String toString() {
    return id == null ? "a caller without an identity" : id.toString();
  }
}
