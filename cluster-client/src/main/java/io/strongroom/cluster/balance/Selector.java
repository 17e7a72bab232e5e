package io.strongroom.cluster.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The nodes of one cluster, and the choice among them: a {@link Balancer} with its state. */
public final class Selector {

  private final List<Member> members;
  private final Balancer balancer;
  private final RandomGenerator random;

  /** A selector over these members. */
  public Selector(List<Member> members, Balancer balancer, RandomGenerator random) {
    this.members = List.copyOf(members);
    this.balancer = balancer;
    this.random = random;
  }

  /**
   * The node for an operation.
   *
   * @param eligible which nodes can do it at all
   * @return null if none of them serves, or all that serve are saturated
   */
  public @Nullable Member select(Predicate<Member> eligible) {
    List<Member> able = new ArrayList<>(members.size());
    List<Member> willing = new ArrayList<>(members.size());
    for (Member member : members) {
      if (member.serves() && !member.saturated() && eligible.test(member)) {
        able.add(member);
        if (takesTurn(member)) {
          willing.add(member);
        }
      }
    }
    return able.isEmpty() ? null : balancer.choose(willing.isEmpty() ? able : willing, random);
  }

  /** All members, those that do not serve too. */
  public List<Member> members() {
    return members;
  }

  private boolean takesTurn(Member member) {
    double share = member.share();
    return share >= 1 || random.nextDouble() < share;
  }
}
