package io.strongroom.cluster.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/** A policy that chooses among nodes. Keeps no state. */
@FunctionalInterface
public interface Balancer {

  /**
   * Chooses one.
   *
   * @param available nodes that can take an operation now; at least one
   */
  Member choose(List<Member> available, RandomGenerator random);
}
