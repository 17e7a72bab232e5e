package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Refusal;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a node has turned away or dropped since it started, and who is connected to it now. Safe for
 * use by many threads.
 */
public final class NodeCounters {
  private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);
  private final LongAdder late = new LongAdder();
  private final LongAdder abandoned = new LongAdder();
  private final LongAdder renewals = new LongAdder();
  private final AtomicInteger connections = new AtomicInteger();

  NodeCounters() {
    for (Refusal refusal : Refusal.values()) {
      refused.put(refusal, new LongAdder());
    }
  }

  /**
   * Connections, calls and operations that were turned away, by reason ({@code expired}, {@code
   * revoked}, {@code role}, …); every reason that there is, with 0 for those that did not occur.
   */
  public Map<String, Long> refused() {
    Map<String, Long> counts = new LinkedHashMap<>();
    refused.forEach((refusal, count) -> counts.put(refusal.label(), count.sum()));
    return counts;
  }

  /** Operations that were not begun because their deadline had passed in the node's queue. */
  public long droppedLate() {
    return late.sum();
  }

  /** Operations and calls that were not begun because their caller had gone. */
  public long droppedAbandoned() {
    return abandoned.sum();
  }

  /** How often changed certificates, keys or revocation lists were taken into use. */
  public long certificateRenewals() {
    return renewals.sum();
  }

  /** Connections that are open now. */
  public int connections() {
    return connections.get();
  }

  long refused(Refusal refusal) {
    return adder(refusal).sum();
  }

  void refuse(Refusal refusal) {
    adder(refusal).increment();
  }

  void dropLate() {
    late.increment();
  }

  void dropAbandoned() {
    abandoned.increment();
  }

  void renewCertificates() {
    renewals.increment();
  }

  void opened() {
    connections.incrementAndGet();
  }

  void closed() {
    connections.decrementAndGet();
  }

  private LongAdder adder(Refusal refusal) {
    LongAdder adder = refused.get(refusal);
    if (adder == null) {
      throw new IllegalStateException("no counter for " + refusal);
    }
    return adder;
  }
}
