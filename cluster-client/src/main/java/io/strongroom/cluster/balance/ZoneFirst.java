package io.strongroom.cluster.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The own zone first, and in each zone the better of two nodes drawn at random (power of two
 * choices: nearly as even as knowing the best, without the herd that runs to it). Another zone's
 * node is taken if the own zone has none, or if it is much cheaper and the own one's token is busy
 * or slow: crossing a zone costs money and time, so a small difference is not worth it.
 *
 * @param zone the caller's zone; empty if it has none, and then all nodes are equal
 * @param spillRatio how many times cheaper a node of another zone must be
 */
public record ZoneFirst(String zone, double spillRatio) implements Balancer {

  @Override
  public Member choose(List<Member> available, RandomGenerator random) {
    List<Member> near = new ArrayList<>(available.size());
    List<Member> far = new ArrayList<>(available.size());
    for (Member member : available) {
      (isNear(member) ? near : far).add(member);
    }
    if (near.isEmpty()) {
      return betterOfTwo(far, random);
    }
    Member own = betterOfTwo(near, random);
    if (far.isEmpty()) {
      return own;
    }
    Member other = betterOfTwo(far, random);
    return isWorthCrossing(own, other) ? other : own;
  }

  private boolean isNear(Member member) {
    return zone.isEmpty() || member.zone().equals(zone);
  }

  private boolean isWorthCrossing(Member own, Member other) {
    boolean slow = own.slowness() > spillRatio * other.slowness();
    return (own.busy() || slow) && own.cost() > spillRatio * other.cost();
  }

  private static Member betterOfTwo(List<Member> members, RandomGenerator random) {
    int size = members.size();
    if (size == 1) {
      return members.getFirst();
    }
    int first = random.nextInt(size);
    int second = (first + 1 + random.nextInt(size - 1)) % size;
    Member one = members.get(first);
    Member two = members.get(second);
    return two.cost() < one.cost() ? two : one;
  }
}
