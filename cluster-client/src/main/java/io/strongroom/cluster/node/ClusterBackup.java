package io.strongroom.cluster.node;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Backup;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A cluster's backup: all seals and tombstones in one file, and the domain keys in an offline token
 * that joins as a node's token does. Neither is of any use without the other, or without a token of
 * the cluster. Each method can be repeated after an interruption, and then finishes what it began.
 *
 * <p>The tokens are opened one after the other, never two at once: many libraries serve one token a
 * process. For one thread.
 */
public final class ClusterBackup {
  private ClusterBackup() {}

  /**
   * What is in a backup.
   *
   * @param cluster the cluster's name
   * @param node the node at which it was made
   * @param created when
   * @param domainCheckValue the domain key's check value, hexadecimal
   * @param keys ids of the keys in it
   * @param tombstones how many destroyed keys it knows of
   */
  public record Summary(
      String cluster,
      String node,
      Instant created,
      String domainCheckValue,
      Set<KeyId> keys,
      int tombstones) {

    /** Copies the set. */
    public Summary {
      keys = Set.copyOf(keys);
    }
  }

  /**
   * Puts the domain keys into an offline token by the join ceremony; nothing happens where it has
   * them already.
   *
   * @param member the node's token and folder, from which they come
   * @param offlineUrl opens the offline token as its user
   * @return the offline token's label
   * @throws HsmException.AccessDenied if the offline token is of another cluster, or the security
   *     officer's PIN is refused
   */
  public static String enrol(JoinCeremony.Member member, String offlineUrl) {
    DomainKeys.CheckValues wanted;
    try (Hsm token = Hsm.open(member.url())) {
      DomainKeys.open(token);
      wanted = DomainKeys.checkValues(token);
    }
    JoinRequest request;
    String label;
    try (Hsm offline = Hsm.open(offlineUrl)) {
      label = offline.info().label();
      if (DomainKeys.exist(offline)) {
        requireSame(label, DomainKeys.checkValues(offline), wanted);
        DomainKeys.destroy(offline, ReservedKeys.JOIN);
        return label;
      }
      request = JoinCeremony.begin(offline);
    }
    JoinGrant grant = JoinCeremony.approve(member, request, request.fingerprint());
    try (Hsm offline = Hsm.open(offlineUrl)) {
      JoinCeremony.acceptOffline(offline, grant);
    }
    return label;
  }

  private static void requireSame(
      String label, DomainKeys.CheckValues actual, DomainKeys.CheckValues wanted) {
    if (!actual.equals(wanted)) {
      throw new HsmException.AccessDenied(
          "token \""
              + label
              + "\" holds the keys of another cluster: check values "
              + actual
              + ", wanted "
              + wanted
              + "; use an empty token");
    }
  }

  /**
   * What a backup made at a node now would have in it.
   *
   * @throws HsmException.BadInput if a file in the node's folder is damaged
   */
  public static Summary preview(NodeConfig config, Path nodeFolder, Clock clock) {
    try (Hsm token = Hsm.open(config.hsm())) {
      return summary(content(config, nodeFolder, token, DomainKeys.open(token), clock));
    }
  }

  /**
   * Writes a node's seals and tombstones to a file, and verifies the file by reading it back. The
   * node may be running.
   *
   * @param nodeFolder where the domain MAC key's sealed form is
   * @param file it is there whole or not at all; one that is there is replaced
   * @throws HsmException.BadInput if a file in the node's folder is damaged
   * @throws HsmException.DeviceUnavailable if the file cannot be written
   */
  public static Summary write(NodeConfig config, Path nodeFolder, Path file, Clock clock) {
    try (Hsm token = Hsm.open(config.hsm())) {
      Domain domain = DomainKeys.open(token);
      BackupFile.write(file, content(config, nodeFolder, token, domain, clock), domain);
      BackupFile written = BackupFile.read(file);
      written.verify(domain);
      return summary(written.content());
    }
  }

  private static Backup content(
      NodeConfig config, Path nodeFolder, Hsm token, Domain domain, Clock clock) {
    SealStore.Contents contents = SealStore.open(config.seals()).read(domain);
    if (!contents.corrupted().isEmpty()) {
      throw new HsmException.BadInput(
          "%s has damaged files: %s; start node %s anew, which gets them from its peers, and repeat"
              .formatted(config.seals(), contents.corrupted(), config.name()));
    }
    Set<KeyId> buried = new HashSet<>();
    contents.tombstones().forEach(t -> buried.add(KeyCodec.idFromWire(t.getId())));
    DomainKeys.CheckValues checkValues = DomainKeys.checkValues(token);
    Backup.Builder backup =
        Backup.newBuilder()
            .setCluster(config.cluster())
            .setNode(config.name())
            .setCreatedMillis(clock.millis())
            .setDomainCheckValue(checkValues.domainKey())
            .setMacCheckValue(checkValues.macKey())
            .setSealedMacKey(ByteString.copyFrom(DomainKeys.sealedMacKey(nodeFolder)))
            .addAllTombstones(contents.tombstones());
    contents.seals().stream()
        .filter(key -> !buried.contains(key.id()))
        .forEach(key -> backup.addSeals(key.seal()));
    return backup.build();
  }

  private static Summary summary(Backup backup) {
    return new Summary(
        backup.getCluster(),
        backup.getNode(),
        Instant.ofEpochMilli(backup.getCreatedMillis()),
        backup.getDomainCheckValue(),
        backup.getSealsList().stream()
            .map(seal -> KeyCodec.idFromWire(seal.getSpec().getId()))
            .collect(Collectors.toSet()),
        backup.getTombstonesCount());
  }

  /**
   * Verifies a backup with a token of its cluster: every MAC, and every key, which is opened there
   * for a moment and its check value compared. Nothing is left in the token.
   *
   * @throws HsmException.BadInput if the file is no whole backup, or the token has no domain
   * @throws HsmException.AuthenticationFailed if it was changed, is another cluster's, or a key
   *     does not open to what it was
   */
  public static Summary verify(Path file, String tokenUrl) {
    BackupFile backup = BackupFile.read(file);
    SecureRandom random = new SecureRandom();
    try (Hsm token = Hsm.open(tokenUrl)) {
      Domain domain = DomainKeys.open(token);
      for (SealedKey key : backup.verify(domain)) {
        domain.rehearse(key, KeyId.random(random));
      }
    }
    return summary(backup.content());
  }

  /**
   * What a restore did.
   *
   * @param summary what is in the backup
   * @param joined whether the node's token got the domain keys now
   * @param keys how many keys came from the backup
   * @param known how many of its keys the node had already, or knows to be destroyed
   * @param unopened how many keys of the node are not open in its token; its log says why
   */
  public record Restored(Summary summary, boolean joined, int keys, int known, int unopened) {}

  /**
   * Restores a backup into a node that does not run: its token joins from the offline token unless
   * it is a member already, what the backup has and the node has not is added, and every key is
   * opened and its check value compared. What is newer in the node stays, and what was destroyed
   * stays so.
   *
   * @param offlineUrl opens the offline token as its user
   * @param offlineOfficerUrl opens it as its security officer
   * @throws HsmException.BadInput if the file is no whole backup, or the offline token has no
   *     domain
   * @throws HsmException.AuthenticationFailed if the backup was changed, or is another cluster's
   * @throws HsmException.AccessDenied if the node's token is of another cluster
   * @throws HsmException.DeviceUnavailable if the node runs, as a server or in a client
   */
  public static Restored restore(
      Path file, String offlineUrl, String offlineOfficerUrl, NodeConfig config, Path nodeFolder) {
    BackupFile backup = BackupFile.read(file);
    if (!backup.content().getCluster().equals(config.cluster())) {
      throw new HsmException.BadInput(
          "%s is a backup of cluster \"%s\", and node %s is of \"%s\""
              .formatted(file, backup.content().getCluster(), config.name(), config.cluster()));
    }
    try (Hsm offline = Hsm.open(offlineUrl)) {
      backup.verify(DomainKeys.open(offline));
    }
    boolean joined = join(backup, offlineUrl, offlineOfficerUrl, config, nodeFolder);
    try (FolderLock _ = FolderLock.take(config.seals());
        Hsm token = Hsm.open(config.hsm())) {
      return restore(backup, token, config, joined);
    }
  }

  private static boolean join(
      BackupFile backup,
      String offlineUrl,
      String offlineOfficerUrl,
      NodeConfig config,
      Path nodeFolder) {
    byte[] sealedMacKey = backup.content().getSealedMacKey().toByteArray();
    JoinRequest request;
    try (Hsm token = Hsm.open(config.hsm())) {
      if (DomainKeys.exist(token)) {
        requireSame(token.info().label(), DomainKeys.checkValues(token), backup.checkValues());
        DomainKeys.keepSealedMacKey(nodeFolder, sealedMacKey);
        DomainKeys.destroy(token, ReservedKeys.JOIN);
        return false;
      }
      request = JoinCeremony.begin(token);
    }
    DomainKeys.keepSealedMacKey(nodeFolder, sealedMacKey);
    JoinGrant grant =
        JoinCeremony.approve(
            new JoinCeremony.Member(offlineUrl, offlineOfficerUrl, nodeFolder),
            request,
            request.fingerprint());
    try (Hsm token = Hsm.open(config.hsm())) {
      JoinCeremony.accept(token, nodeFolder, grant);
    }
    return true;
  }

  private static Restored restore(BackupFile backup, Hsm token, NodeConfig config, boolean joined) {
    Domain domain = DomainKeys.open(token);
    List<SealedKey> keys = backup.verify(domain);
    SealStore store = SealStore.open(config.seals());
    // Tombstones first: a key that was destroyed is not to come back, not even for a moment.
    for (Tombstone tombstone : backup.content().getTombstonesList()) {
      store.keep(tombstone);
    }
    int added = 0;
    for (SealedKey key : keys) {
      added += store.keepUnopened(key) ? 1 : 0;
    }
    Vault vault = Vault.open(token, store, Clock.systemUTC());
    return new Restored(
        summary(backup.content()), joined, added, keys.size() - added, vault.unopened());
  }
}
