package io.strongroom.cluster.sync;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.hsm.KeyId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which key has to give way where nodes have different ones under one id, as after two clients have
 * made it at once. Only a key that was provably never acknowledged gives way, and only with all
 * nodes heard, so that all of them come to the same end (docs/adr/0010). Safe for use by many
 * threads.
 */
final class Contests {
  private final Replica replica;
  private final Map<String, Heard> heard = new HashMap<>();
  private int nodes;

  /** What a peer has, and how many nodes it knows, itself included. */
  private record Heard(Map<KeyId, Vote> votes, int nodes) {}

  /**
   * A key of this node that gives way.
   *
   * @param own the MAC of its seal
   * @param winner the MAC of the seal that takes its place
   */
  record Loss(KeyId id, ByteString own, ByteString winner) {}

  /**
   * @param nodes how many nodes the cluster has, this one included
   */
  Contests(Replica replica, int nodes) {
    this.replica = replica;
    this.nodes = nodes;
  }

  /** The cluster now has these peers; what others have said counts no more. */
  synchronized void peers(Set<String> names) {
    nodes = names.size() + 1;
    heard.keySet().retainAll(names);
  }

  /** What a peer has, all of it. */
  synchronized void heard(String peer, InventoryReply inventory, int knownNodes) {
    Map<KeyId, Vote> votes = new HashMap<>();
    for (HeldKey key : inventory.getKeysList()) {
      votes.put(
          KeyCodec.idFromWire(key.getSpec().getId()), new Vote(key.getSealMac(), key.getLearnt()));
    }
    heard.put(peer, new Heard(votes, knownNodes));
  }

  /** The keys of this node that give way to what this peer has. */
  synchronized List<Loss> lossesTo(String peer) {
    Heard winner = heard.get(peer);
    if (winner == null || !isComplete()) {
      return List.of();
    }
    List<Loss> losses = new ArrayList<>();
    winner.votes.forEach((id, theirs) -> {
      Vote own = replica.vote(id);
      if (own != null && !own.seal().equals(theirs.seal())) {
        Ballot ballot = new Ballot(own, votes(id), nodes);
        if (ballot.isDead(own.seal()) && ballot.winner().equals(theirs.seal())) {
          losses.add(new Loss(id, own.seal(), theirs.seal()));
        }
      }
    });
    return losses;
  }

  /** Whether every node was heard, and none knows of more of them. */
  private boolean isComplete() {
    return heard.size() == nodes - 1
        && heard.values().stream().allMatch(peer -> peer.nodes <= nodes);
  }

  private List<Vote> votes(KeyId id) {
    return heard.values().stream()
        .map(peer -> peer.votes.get(id))
        .filter(Objects::nonNull)
        .toList();
  }

  /** All votes on one id. */
  private record Ballot(Vote own, List<Vote> others, int nodes) {

    private Stream<Vote> all() {
      return Stream.concat(Stream.of(own), others.stream());
    }

    /**
     * Whether so many nodes took another key in its making that no majority is left for this one. A
     * node takes one key only under an id, and a quorum is a majority (docs/adr/0009).
     */
    boolean isDead(ByteString seal) {
      int majority = nodes / 2 + 1;
      return all().filter(vote -> vote.isAgainst(seal)).count() > nodes - majority;
    }

    private long votesFor(ByteString seal) {
      return all().filter(vote -> !vote.learnt() && vote.seal().equals(seal)).count();
    }

    /** The same at every node: what may be alive, then what has most votes, then the greatest. */
    ByteString winner() {
      Comparator<ByteString> alive = Comparator.comparing(seal -> !isDead(seal));
      return all()
          .map(Vote::seal)
          .distinct()
          .max(
              alive
                  .thenComparing(this::votesFor)
                  .thenComparing(ByteString.unsignedLexicographicalComparator()))
          .orElseThrow();
    }
  }
}
