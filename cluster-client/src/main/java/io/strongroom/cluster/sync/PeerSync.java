package io.strongroom.cluster.sync;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.identity.TlsSnapshot;
import io.strongroom.cluster.observe.Troubles;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.InventoryReply;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a node level with one peer. For one thread, except {@link #close}, which comes after that
 * thread's end, or when it hangs.
 */
final class PeerSync implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerSync.class);

  private final String peer;
  private final TlsFiles tls;
  private final Supplier<PeerClient> clients;
  private final Replica replica;
  private final Contests contests;
  private final Rounds rounds = new Rounds();
  private final Troubles troubles = new Troubles();
  private volatile @Nullable PeerClient client;
  private TlsSnapshot certificates = TlsSnapshot.NONE;
  private Level level = Level.NEVER;
  private boolean reachable = true;

  /** Which states of peer and node were found level; nothing is to do until one of them changes. */
  private record Level(ByteString instance, long peerVersion, long ownVersion) {
    static final Level NEVER = new Level(ByteString.EMPTY, -1, -1);
  }

  /**
   * @param tls the files that the clients are made from
   * @param clients makes a client of the peer
   * @param contests shared with the other peers' threads
   */
  PeerSync(
      String peer, TlsFiles tls, Supplier<PeerClient> clients, Replica replica, Contests contests) {
    this.peer = peer;
    this.tls = tls;
    this.clients = clients;
    this.replica = replica;
    this.contests = contests;
  }

  /** One round; what fails is logged, once, and tried again in the next round. */
  void run() {
    boolean done = false;
    try {
      PeerClient asked = client();
      DescribeReply description = asked.describe();
      if (!reachable) {
        LOG.info("event=peer_answers_again peer={}", peer);
        reachable = true;
      }
      ByteString domain = ByteString.copyFrom(replica.domainCheckValue());
      if (!description.getDomainCheckValue().equals(domain)) {
        throw new HsmException.AccessDenied(
            "its domain key has another check value; join its token to this cluster");
      }
      long ownVersion = replica.inventoryVersion();
      Level now =
          new Level(description.getInstance(), description.getInventoryVersion(), ownVersion);
      done = now.equals(level);
      if (!done && catchUp(asked, description.getKnownNodes())) {
        level = new Level(now.instance(), now.peerVersion(), replica.inventoryVersion());
        done = true;
      }
      contests.lossesTo(peer).forEach(loss -> giveWay(loss, asked));
    } catch (HsmException e) {
      if (reachable) {
        LOG.warn("event=peer_not_reconciled peer={} reason=\"{}\"", peer, Reconciler.reason(e));
      }
      reachable = false;
    } catch (RuntimeException e) {
      if (troubles.isNews(peer, e.toString())) {
        LOG.error("event=peer_not_reconciled peer={}", peer, e);
      }
    } finally {
      rounds.count(done);
    }
  }

  String peer() {
    return peer;
  }

  Rounds rounds() {
    return rounds;
  }

  private PeerClient client() {
    TlsSnapshot now = TlsSnapshot.of(tls);
    PeerClient known = client;
    if (known != null && now.equals(certificates)) {
      return known;
    }
    close();
    PeerClient made = clients.get();
    client = made;
    certificates = now;
    return made;
  }

  /**
   * @return whether nothing is left to do
   */
  private boolean catchUp(PeerClient asked, int knownNodes) {
    InventoryReply inventory = asked.inventory();
    contests.heard(peer, inventory, knownNodes);
    boolean done = true;
    for (Tombstone tombstone : inventory.getTombstonesList()) {
      done &= bury(tombstone);
    }
    for (HeldKey key : inventory.getKeysList()) {
      done &= fetch(key, asked);
    }
    return done;
  }

  private boolean bury(Tombstone tombstone) {
    try {
      KeyId id = KeyCodec.idFromWire(tombstone.getId());
      if (!replica.isBuried(id)) {
        replica.keep(tombstone);
        LOG.info("event=key_destroyed key={} learnt_from={}", id, peer);
      }
      return true;
    } catch (HsmException e) {
      String reason = Reconciler.reason(e);
      if (troubles.isNews("tombstone " + tombstone.hashCode(), reason)) {
        LOG.warn("event=tombstone_not_kept peer={} reason=\"{}\"", peer, reason);
      }
      return false;
    }
  }

  private boolean fetch(HeldKey key, PeerClient asked) {
    KeyId id = KeyCodec.idFromWire(key.getSpec().getId());
    try {
      if (replica.lacks(id)) {
        replica.keep(asked.seal(id));
        troubles.over(id.toString());
        LOG.info("event=key_opened key={} learnt_from={}", id, peer);
      }
      return true;
    } catch (HsmException e) {
      String reason = Reconciler.reason(e);
      if (troubles.isNews(id.toString(), reason)) {
        LOG.warn("event=seal_not_kept key={} peer={} reason=\"{}\"", id, peer, reason);
      }
      return false;
    }
  }

  private void giveWay(Contests.Loss loss, PeerClient asked) {
    try {
      Seal winner = asked.seal(loss.id());
      if (winner.getMac().equals(loss.winner())) {
        replica.replace(loss.id(), loss.own(), winner);
        LOG.warn("event=contested_key_gave_way key={} to_key_of={}", loss.id(), peer);
      }
    } catch (HsmException e) {
      LOG.warn(
          "event=contest_not_settled key={} peer={} reason=\"{}\"",
          loss.id(),
          peer,
          Reconciler.reason(e));
    }
  }

  @Override
  public void close() {
    PeerClient open = client;
    if (open != null) {
      open.close();
    }
  }
}
