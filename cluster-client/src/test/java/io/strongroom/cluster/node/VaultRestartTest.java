package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a node finds when it starts: after a crash, damage, a reset of its token. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VaultRestartTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private TestToken token;
  private TestToken member;
  private Hsm hsm;
  private int labels;

  @BeforeAll
  void makeTokens(@TempDir Path root) {
    token = TestToken.createFirst(root, "a");
    member = TestToken.createJoined(root, "b", token);
  }

  @BeforeEach
  void openToken() {
    hsm = token.open();
  }

  @AfterEach
  void closeToken() {
    hsm.close();
  }

  private static Clock clockAt(AtomicReference<Instant> now) {
    InstantSource source = now::get;
    return source.withZone(ZoneOffset.UTC);
  }

  private Vault start() {
    return token.vault(hsm);
  }

  private SealStore store() {
    return SealStore.open(token.seals());
  }

  private KeySpec spec() {
    return KeySpec.of(KeyId.random(RANDOM), "key-" + ++labels, KeyType.AES_256);
  }

  private Path file(KeyId id, String ending) {
    return token.seals().resolve(id + ending);
  }

  private List<String> files(KeyId id) throws IOException {
    try (Stream<Path> files = Files.list(token.seals())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(id.toString()))
          .toList();
    }
  }

  @Test
  void key_created_isThereAfterARestart() throws Exception {
    SealedKey key = start().create(spec());
    hsm.close();
    hsm = token.open();

    assertThat(start().held(key.id()).sameAs(key)).isTrue();
    assertThat(files(key.id())).containsExactly(key.id() + ".seal");
  }

  @Test
  void seal_ofAKeyThatTheTokenLost_isOpenedAgain() {
    SealedKey key = start().create(spec());
    hsm.destroy(key.id());

    assertThat(start().held(key.id()).sameAs(key)).isTrue();
    assertThat(hsm.checkValue(key.id())).isEqualTo(key.checkValue().toByteArray());
  }

  @Test
  void seal_ofAKeyThatWasExchangedInTheToken_isOpenedInItsPlace() {
    SealedKey key = start().create(spec());
    hsm.destroy(key.id());
    hsm.create(key.spec());
    assertThat(hsm.checkValue(key.id())).isNotEqualTo(key.checkValue().toByteArray());

    start();
    assertThat(hsm.checkValue(key.id())).isEqualTo(key.checkValue().toByteArray());
  }

  @Test
  void create_asAKeyThatOnlyTheTokenHas_isRefusedAndLeavesThat() {
    Vault vault = start();
    KeySpec spec = spec();
    hsm.create(spec);
    byte[] before = hsm.checkValue(spec.id());

    assertThatThrownBy(() -> vault.create(spec))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining("choose a new id");

    start();
    assertThat(hsm.checkValue(spec.id())).isEqualTo(before);
    assertThat(hsm.keys()).noneMatch(key -> ReservedKeys.isReserved(key.label()) && key.session());
  }

  @Test
  void key_lostWhileRunning_isOpenedAgainOnceTheTokenIsSuspected() {
    Vault vault = start();
    SealedKey key = vault.create(spec());
    hsm.destroy(key.id());

    vault.suspectToken();
    vault.levelToken();

    assertThat(hsm.checkValue(key.id())).isEqualTo(key.checkValue().toByteArray());
  }

  @Test
  void key_lostAndUsedByNobody_isOpenedAgainAtTheNextComparison() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    Vault vault = Vault.open(hsm, store(), clockAt(now));
    SealedKey key = vault.create(spec());
    hsm.destroy(key.id());
    vault.levelToken();
    assertThatThrownBy(() -> hsm.key(key.id())).isInstanceOf(HsmException.KeyNotFound.class);

    now.set(Instant.EPOCH.plus(Duration.ofMinutes(6)));
    vault.levelToken();

    assertThat(hsm.checkValue(key.id())).isEqualTo(key.checkValue().toByteArray());
    assertThat(vault.unopened()).isZero();
  }

  @Test
  void token_suspectedWhileItDoesNotAnswer_isComparedOnceItDoes() {
    AtomicBoolean answers = new AtomicBoolean(true);
    Vault vault = token.vault(listingOnlyIf(answers));
    SealedKey key = vault.create(spec());
    hsm.destroy(key.id());
    vault.suspectToken();
    answers.set(false);
    assertThatThrownBy(vault::levelToken).isInstanceOf(HsmException.DeviceUnavailable.class);

    answers.set(true);
    vault.levelToken();

    assertThat(hsm.checkValue(key.id())).isEqualTo(key.checkValue().toByteArray());
  }

  /** The real token, but for a list of its keys that fails at times. */
  private Hsm listingOnlyIf(AtomicBoolean answers) {
    return (Hsm)
        Proxy.newProxyInstance(
            Hsm.class.getClassLoader(),
            new Class<?>[] {Hsm.class},
            (_, method, arguments) -> {
              if (method.getName().equals("keys") && !answers.get()) {
                throw new HsmException.DeviceUnavailable("the token is away");
              }
              try {
                return method.invoke(hsm, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void opening_thatWasCutOff_isUndone() throws Exception {
    Vault vault = start();
    SealedKey key = sealOnly(vault);
    store().beginOpening(key);
    vault.domain().open(key);

    Vault restarted = start();

    assertThat(restarted.lacks(key.id())).isTrue();
    assertThatThrownBy(() -> hsm.key(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(files(key.id())).isEmpty();
    assertThat(restarted.put(key.seal()).id()).isEqualTo(key.id());
  }

  /** A seal made at another node: nothing of the key is here. */
  private SealedKey sealOnly(Vault vault) {
    try (Hsm other = member.open()) {
      SealedKey key = member.vault(other).create(spec());
      return vault.domain().verify(key.seal());
    }
  }

  @Test
  void destruction_thatWasCutOff_isFinished() throws Exception {
    Vault vault = start();
    SealedKey key = vault.create(spec());
    store().keep(vault.domain().tombstone(key.id(), Clock.systemUTC().instant()));

    Vault restarted = start();

    assertThat(restarted.isBuried(key.id())).isTrue();
    assertThatThrownBy(() -> hsm.key(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(files(key.id())).containsExactly(key.id() + ".tombstone");
  }

  @Test
  void seal_damaged_isSetAsideAndNeverUsed() throws Exception {
    SealedKey key = start().create(spec());
    byte[] bytes = Files.readAllBytes(file(key.id(), ".seal"));
    bytes[bytes.length / 2] ^= 1;
    Files.write(file(key.id(), ".seal"), bytes);

    Vault restarted = start();

    assertThat(files(key.id())).containsExactly(key.id() + ".seal.corrupt");
    assertThatThrownBy(() -> restarted.held(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(restarted.put(key.seal()).id()).isEqualTo(key.id());
    assertThat(files(key.id()))
        .containsExactlyInAnyOrder(key.id() + ".seal", key.id() + ".seal.corrupt");
  }

  @Test
  void seal_cutShortOrEmptyOrTooLong_isReportedByName() throws Exception {
    Vault vault = start();
    SealedKey key = vault.create(spec());
    byte[] whole = Files.readAllBytes(file(key.id(), ".seal"));
    for (byte[] damaged :
        List.of(Arrays.copyOf(whole, whole.length / 2), new byte[0], new byte[100_000])) {
      Files.write(file(key.id(), ".seal"), damaged);
      assertThat(store().load(vault.domain()).corrupted()).containsExactly(key.id() + ".seal");
      assertThat(file(key.id(), ".seal")).doesNotExist();
    }
    vault.destroy(key.id());
  }

  @Test
  void seal_underTheNameOfAnother_isSetAside() throws Exception {
    Vault vault = start();
    SealedKey mine = vault.create(spec());
    SealedKey theirs = vault.create(spec());
    Files.copy(
        file(theirs.id(), ".seal"), file(mine.id(), ".seal"), StandardCopyOption.REPLACE_EXISTING);

    Vault restarted = start();

    assertThatThrownBy(() -> restarted.held(mine.id()))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(restarted.held(theirs.id()).sameAs(theirs)).isTrue();
    assertThat(files(mine.id())).containsExactly(mine.id() + ".seal.corrupt");
  }

  @Test
  void seal_ofAnotherDomain_isSetAside(@TempDir Path elsewhere) throws Exception {
    TestToken stranger = TestToken.createFirst(elsewhere, "x");
    Seal foreign;
    try (Hsm other = stranger.open()) {
      foreign = stranger.vault(other).create(spec()).seal();
    }
    KeyId id = KeyCodec.idFromWire(foreign.getSpec().getId());
    Files.createDirectories(token.seals());
    Files.write(file(id, ".seal"), foreign.toByteArray());

    assertThat(start().lacks(id)).isTrue();
    assertThat(files(id)).containsExactly(id + ".seal.corrupt");
  }

  @Test
  void file_halfWritten_isNeverRead() throws Exception {
    SealedKey key = start().create(spec());
    Files.write(file(key.id(), ".tombstone.tmp"), new byte[] {1});

    assertThat(start().held(key.id())).isNotNull();
  }

  @Test
  void token_thatWasReset_getsItsKeysBackFromTheSealsFolder() {
    SealedKey key = start().create(spec());
    hsm.close();
    token.token().reset();
    try (Hsm emptied = token.open()) {
      assertThat(emptied.keys()).isEmpty();
      assertThatThrownBy(() -> token.vault(emptied))
          .isInstanceOf(HsmException.BadInput.class)
          .hasMessageContaining("join");
    }

    token.join(member);
    hsm = token.open();

    assertThat(start().held(key.id()).sameAs(key)).isTrue();
    assertThat(hsm.checkValue(key.id())).isEqualTo(key.checkValue().toByteArray());
  }
}
