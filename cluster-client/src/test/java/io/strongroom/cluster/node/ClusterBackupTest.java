package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.v1.Backup;
import io.strongroom.cluster.wire.v1.SignedBackup;
import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of one node, an offline token, and what can be done with the backup in between. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterBackupTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MAGIC_BYTES = 8;

  private Path root;
  private TestCluster cluster;
  private TestToken member;
  private TestToken offline;
  private Path file;
  private SealedKey secret;
  private SealedKey pair;
  private KeyId dead;
  private byte[] encrypted = new byte[0];

  @BeforeAll
  void backUp(@TempDir Path folder) throws IOException {
    root = folder;
    cluster = new TestCluster(root);
    member = cluster.first("a");
    offline = TestToken.create(root, "offline");
    try (Hsm hsm = member.open()) {
      Vault vault = member.vault(hsm);
      secret = vault.create(spec("secret", KeyType.AES_256));
      pair = vault.create(spec("pair", KeyType.EC_P256));
      dead = vault.create(spec("dead", KeyType.AES_256)).id();
      vault.destroy(dead);
      encrypted = hsm.encrypt(secret.id(), new AesEcb(), new byte[16]).bytes();
    }
    file = root.resolve("cluster.backup");
    // What backups leave that were killed: the offline token's pair, before and after the domain
    // key came, and half a file under its working name.
    try (Hsm hsm = offline.open()) {
      JoinCeremony.begin(hsm);
    }
    ClusterBackup.enrol(member.asMember(), offline.token().url());
    try (Hsm hsm = offline.open()) {
      hsm.create(ReservedKeys.JOIN);
    }
    ClusterBackup.enrol(member.asMember(), offline.token().url());
    Files.write(root.resolve("cluster.backup.tmp"), new byte[] {1});
    ClusterBackup.write(cluster.config(member), member.folder(), file, Clock.systemUTC());
  }

  private static KeySpec spec(String label, KeyType type) {
    return KeySpec.of(KeyId.random(RANDOM), label, type);
  }

  private TestToken empty(String name) {
    TestToken token = TestToken.create(root, name);
    cluster.authority().issueNode(name, token.folder());
    return token;
  }

  private ClusterBackup.Restored restore(Path backup, TestToken into) {
    return ClusterBackup.restore(
        backup,
        offline.token().url(),
        offline.token().officerUrl(),
        cluster.config(into),
        into.folder());
  }

  private static List<String> labels(TestToken token) {
    try (Hsm hsm = token.open()) {
      return hsm.keys().stream().map(KeyInfo::label).sorted().toList();
    }
  }

  @Test
  void backup_verifiedWithTheOfflineToken_tellsWhatIsInItAndLeavesNothingThere() {
    ClusterBackup.Summary summary = ClusterBackup.verify(file, offline.token().url());

    assertThat(summary.cluster()).isEqualTo(TestCluster.NAME);
    assertThat(summary.node()).isEqualTo("a");
    assertThat(summary.keys()).containsExactlyInAnyOrder(secret.id(), pair.id());
    assertThat(summary.tombstones()).isEqualTo(1);
    assertThat(labels(offline))
        .containsExactlyInAnyOrder("strongroom-domain", "strongroom-domain-mac");
  }

  @Test
  void lostCluster_restoredIntoAnEmptyToken_hasItsKeysAndNoDestroyedOne() {
    TestToken fresh = empty("fresh");

    ClusterBackup.Restored restored = restore(file, fresh);

    assertThat(restored.joined()).isTrue();
    assertThat(restored.keys()).isEqualTo(2);
    assertThat(restored.unopened()).isZero();
    try (Hsm hsm = fresh.open()) {
      Vault vault = fresh.vault(hsm);
      assertThat(hsm.encrypt(secret.id(), new AesEcb(), new byte[16]).bytes()).isEqualTo(encrypted);
      assertThat(hsm.checkValue(pair.id())).isEqualTo(pair.checkValue().toByteArray());
      assertThat(vault.isBuried(dead)).isTrue();
      assertThat(vault.held(secret.id()).learnt()).isTrue();
      assertThat(hsm.attemptExport(secret.id())).isNotEmpty().allMatch(a -> a.refused());
    }
    ClusterBackup.Restored again = restore(file, fresh);
    assertThat(again.joined()).isFalse();
    assertThat(again.keys()).isZero();
    assertThat(again.known()).isEqualTo(2);
    // The restored node is a member like any other: the next token joins from it.
    TestToken next = empty("next");
    next.join(fresh);
    assertThat(labels(next)).hasSize(2);
  }

  @Test
  void oldBackup_restoredOverANewerNode_neitherBringsKeysBackNorLosesNewOnes() {
    TestToken newer = TestToken.createJoined(root, "newer", member);
    cluster.authority().issueNode("newer", newer.folder());
    restore(file, newer);
    SealedKey made;
    try (Hsm hsm = newer.open()) {
      Vault vault = newer.vault(hsm);
      vault.destroy(secret.id());
      made = vault.create(spec("made later", KeyType.AES_256));
    }

    ClusterBackup.Restored restored = restore(file, newer);

    assertThat(restored.joined()).isFalse();
    assertThat(restored.keys()).isZero();
    try (Hsm hsm = newer.open()) {
      Vault vault = newer.vault(hsm);
      assertThat(vault.isBuried(secret.id())).isTrue();
      assertThatThrownBy(() -> hsm.key(secret.id())).isInstanceOf(HsmException.KeyNotFound.class);
      assertThat(vault.held(made.id()).sameAs(made)).isTrue();
      assertThat(vault.held(pair.id()).sameAs(pair)).isTrue();
    }
  }

  @Test
  void backup_withoutATokenOfItsCluster_isOfNoUse() {
    TestToken stranger = TestToken.createFirst(root, "stranger");
    cluster.authority().issueNode("stranger", stranger.folder());
    assertThatThrownBy(() -> ClusterBackup.verify(file, stranger.token().url()))
        .isInstanceOf(HsmException.AuthenticationFailed.class)
        .hasMessageContaining("another cluster");
    assertThatThrownBy(() -> restore(file, stranger))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining("keys of another cluster");
    assertThatThrownBy(() -> ClusterBackup.enrol(member.asMember(), stranger.token().url()))
        .isInstanceOf(HsmException.AccessDenied.class);
    TestToken empty = empty("empty");
    assertThatThrownBy(() -> ClusterBackup.verify(file, empty.token().url()))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("no domain key");
    assertThat(stranger.seals()).doesNotExist();
  }

  @Test
  void backup_cutShortOrNoBackup_isRefusedByName() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    Path bad = root.resolve("bad.backup");
    for (byte[] content :
        List.of(
            new byte[0],
            "a text".getBytes(StandardCharsets.UTF_8),
            Arrays.copyOf(whole, whole.length / 2),
            Arrays.copyOf(whole, whole.length - 1))) {
      Files.write(bad, content);
      assertThatThrownBy(() -> ClusterBackup.verify(bad, offline.token().url()))
          .as("%s bytes", content.length)
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("bad.backup");
    }
    Files.delete(bad);
    assertThatThrownBy(() -> ClusterBackup.verify(bad, offline.token().url()))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void backup_changed_isRefusedAndNothingIsRestored() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    SignedBackup signed =
        SignedBackup.parseFrom(Arrays.copyOfRange(whole, MAGIC_BYTES, whole.length));
    Backup content = Backup.parseFrom(signed.getContent());
    TestToken fresh = empty("unchanged");
    Path bad = root.resolve("changed.backup");
    for (Backup changed :
        List.of(
            content.toBuilder().clearTombstones().build(),
            content.toBuilder().removeSeals(0).build(),
            content.toBuilder()
                .setSeals(
                    0, content.getSeals(0).toBuilder().setWrapped(content.getSeals(1).getWrapped()))
                .build(),
            content.toBuilder().setCreatedMillis(1).build())) {
      var out = new ByteArrayOutputStream();
      out.write(whole, 0, MAGIC_BYTES);
      signed.toBuilder()
          .setContent(ByteString.copyFrom(changed.toByteArray()))
          .build()
          .writeTo(out);
      Files.write(bad, out.toByteArray());
      assertThatThrownBy(() -> restore(bad, fresh))
          .isInstanceOf(HsmException.AuthenticationFailed.class)
          .hasMessageContaining("changed.backup");
    }
    assertThat(labels(fresh)).isEmpty();
    assertThat(fresh.seals()).doesNotExist();
  }

  @Test
  void backup_ofADamagedFolder_isRefusedAndTheFolderIsLeftAsItIs() throws Exception {
    TestToken damaged = TestToken.createJoined(root, "damaged", member);
    cluster.authority().issueNode("damaged", damaged.folder());
    restore(file, damaged);
    Path seal = damaged.seals().resolve(secret.id() + ".seal");
    Files.write(seal, new byte[] {1, 2, 3});
    Path to = root.resolve("damaged.backup");

    assertThatThrownBy(() ->
            ClusterBackup.write(cluster.config(damaged), damaged.folder(), to, Clock.systemUTC()))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContainingAll(secret.id() + ".seal", "from its peers");

    assertThat(to).doesNotExist();
    assertThat(seal).exists();
  }

  @Test
  void departure_destroyingKeys_leavesNothingOfTheCluster() {
    TestToken leaving = empty("leaving");
    restore(file, leaving);
    NodeConfig config = cluster.config(leaving);
    try (Hsm hsm = leaving.open()) {
      hsm.create(spec("a key of its own", KeyType.AES_256));
    }
    assertThat(Departure.holdings(config).keys()).containsExactlyInAnyOrder(secret.id(), pair.id());
    assertThat(Departure.holdings(config).tombstones()).containsExactly(dead);

    assertThat(Departure.destroy(config, leaving.folder())).isEqualTo(2);

    assertThat(labels(leaving)).containsExactly("a key of its own");
    assertThat(Departure.holdings(config).keys()).isEmpty();
    assertThat(leaving.folder().resolve("domain-mac.sealed")).doesNotExist();
    assertThat(Departure.destroy(config, leaving.folder())).isZero();
  }

  /** Also one that cannot be seen by its port, as in a client's process. */
  @Test
  void node_whoseFolderIsInUse_isNeitherRestoredNorDestroyed() {
    TestToken used = cluster.joined("used", member);
    List<String> before = labels(used);

    try (FolderLock _ = FolderLock.take(used.seals())) {
      assertThatThrownBy(() -> restore(file, used))
          .isInstanceOf(HsmException.DeviceUnavailable.class)
          .hasMessageContaining("is in use");
      assertThatThrownBy(() -> Departure.destroy(cluster.config(used), used.folder()))
          .isInstanceOf(HsmException.DeviceUnavailable.class)
          .hasMessageContaining("is in use");
    }

    assertThat(labels(used)).isEqualTo(before);
  }
}
