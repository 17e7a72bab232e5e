package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Refusal;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.hsm.HsmException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of one connection, and how much it has under way. */
final class Caller {
  private final String cluster;
  private final Refusals refusals;
  private final String description;
  private final @Nullable SpiffeId id;
  private final AtomicInteger outstanding = new AtomicInteger();

  /**
   * @param id who the certificate says it is; null where it says nothing that can be read
   * @param description the same for the log
   */
  Caller(String cluster, @Nullable SpiffeId id, String description, Refusals refusals) {
    this.refusals = refusals;
    this.cluster = cluster;
    this.id = id;
    this.description = description;
  }

  /**
   * Checks that this caller may make a call; refusals are logged.
   *
   * @throws HsmException.AccessDenied if not
   */
  void require(Call call) {
    if (id != null && id.cluster().equals(cluster) && call.isAllowedTo(id.role())) {
      return;
    }
    refusals.call(
        id != null && id.cluster().equals(cluster) ? Refusal.ROLE : Refusal.WRONG_CLUSTER,
        description,
        call.name());
    throw new HsmException.AccessDenied(
        description
            + " may not call "
            + call
            + " in cluster \""
            + cluster
            + "\"; use a certificate of a role that may");
  }

  /** Takes one of the places for outstanding operations; false if all are taken. */
  boolean tryBegin() {
    if (outstanding.incrementAndGet() > Limits.OUTSTANDING) {
      outstanding.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Gives the place back. */
  void end() {
    outstanding.decrementAndGet();
  }

  @Override
  public String toString() {
    return description;
  }
}
