package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VaultTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] TEXT = "attack at dawn".getBytes(StandardCharsets.UTF_8);

  private Hsm here;
  private Hsm there;
  private Vault vault;
  private Vault other;
  private int labels;

  @BeforeAll
  void openTwoTokensOfOneDomain(@TempDir Path root) {
    TestToken first = TestToken.createFirst(root, "a");
    TestToken second = TestToken.createJoined(root, "b", first);
    here = first.open();
    there = second.open();
    vault = first.vault(here);
    other = second.vault(there);
  }

  @AfterAll
  void close() {
    here.close();
    there.close();
  }

  private KeySpec spec(KeyType type) {
    return KeySpec.of(KeyId.random(RANDOM), "key-" + ++labels, type);
  }

  private static byte[] open(Hsm hsm, KeyId id, Encrypted encrypted) {
    var gcm = CipherAlgorithm.AesGcm.withIv(encrypted.iv(), new byte[0]);
    return hsm.decrypt(id, gcm, encrypted.bytes());
  }

  @Test
  void key_createdHere_opensThere() {
    SealedKey key = vault.create(spec(KeyType.AES_256));

    other.put(key.seal());

    Encrypted encrypted =
        here.encrypt(key.id(), CipherAlgorithm.AesGcm.withDeviceIv(new byte[0]), TEXT);
    assertThat(open(there, key.id(), encrypted)).isEqualTo(TEXT);
    assertThat(there.checkValue(key.id())).isEqualTo(here.checkValue(key.id()));
    assertThat(other.held(key.id()).sameAs(key)).isTrue();
  }

  @Test
  void key_created_neverLeavesAndLeavesNoBirthObject() {
    SealedKey key = vault.create(spec(KeyType.AES_256));

    KeyInfo info = here.key(key.id());
    assertThat(info.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(info.session()).isFalse();
    assertThat(here.keys()).noneMatch(k -> k.label().startsWith("strongroom-birth"));
    assertThat(here.attemptExport(key.id())).isNotEmpty().allMatch(attempt -> attempt.refused());
  }

  static Stream<KeyType> pairs() {
    return Stream.of(KeyType.EC_P256, KeyType.EC_P384, KeyType.RSA_2048);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void pair_createdHere_signsThere(KeyType type) throws Exception {
    SealedKey key = vault.create(spec(type));
    other.put(key.seal());

    SignatureAlgorithm algorithm =
        type.family() == KeyType.Family.EC
            ? new SignatureAlgorithm.Ecdsa()
            : new SignatureAlgorithm.RsaPss(Digest.SHA_256, Digest.SHA_256, 32);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(TEXT);
    byte[] signature = there.sign(key.id(), algorithm, digest);
    assertThat(here.verify(key.id(), algorithm, digest, signature)).isTrue();
    PublicKey publicKey = there.key(key.id()).publicKey();
    assertThat(publicKey).isEqualTo(key.publicKey());
  }

  @Test
  void secret_createdHere_computesTheSameMacThere() {
    SealedKey key = vault.create(spec(KeyType.secret(512)));
    other.put(key.seal());
    var hmac = new MacAlgorithm.Hmac(Digest.SHA_512);
    assertThat(there.mac(key.id(), hmac, TEXT)).isEqualTo(here.mac(key.id(), hmac, TEXT));
  }

  @Test
  void material_imported_isTheKeyOnBothNodes() throws Exception {
    SealedKey pair = vault.create(spec(KeyType.RSA_3072).withUsages(KeyUsage.UNWRAP));
    byte[] material = new byte[32];
    RANDOM.nextBytes(material);
    SealedKey key =
        vault.unwrap(
            pair.id(),
            new WrapAlgorithm.RsaOaep(Digest.SHA_1),
            wrap(pair.publicKey(), material),
            spec(KeyType.AES_256));
    other.put(key.seal());

    byte[] block = there.encrypt(key.id(), new CipherAlgorithm.AesEcb(), new byte[16]).bytes();
    Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
    aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
    assertThat(block).isEqualTo(aes.doFinal(new byte[16]));
  }

  @Test
  void material_ofAnotherLength_isRefusedAndNothingIsLeft() throws Exception {
    SealedKey pair = vault.create(spec(KeyType.RSA_3072).withUsages(KeyUsage.UNWRAP));
    for (int length : new int[] {0, 16, 31, 33, 40}) {
      KeySpec spec = spec(KeyType.AES_256);
      byte[] wrapped = wrap(pair.publicKey(), new byte[length]);
      assertThatThrownBy(
              () -> vault.unwrap(pair.id(), new WrapAlgorithm.RsaOaep(Digest.SHA_1), wrapped, spec))
          .as("%s bytes", length)
          .isInstanceOf(HsmException.BadInput.class);
      assertThat(vault.lacks(spec.id())).isTrue();
      assertThatThrownBy(() -> here.key(spec.id())).isInstanceOf(HsmException.KeyNotFound.class);
    }
  }

  private static byte[] wrap(@Nullable PublicKey key, byte[] material) throws Exception {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        key,
        new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT));
    return cipher.doFinal(material);
  }

  @Test
  void create_repeated_findsTheFirstKey() {
    KeySpec spec = spec(KeyType.AES_256);
    SealedKey key = vault.create(spec);
    assertThat(vault.create(spec).sameAs(key)).isTrue();
  }

  @Test
  void create_withTheIdOfAnotherKey_isRefused() {
    SealedKey key = vault.create(spec(KeyType.AES_256));
    KeySpec different = KeySpec.of(key.id(), "another", KeyType.AES_256);
    assertThatThrownBy(() -> vault.create(different)).isInstanceOf(HsmException.KeyExists.class);
  }

  @Test
  void label_thatIsTaken_isRefused() {
    SealedKey key = vault.create(spec(KeyType.AES_256));
    KeySpec same = KeySpec.of(KeyId.random(RANDOM), key.spec().label(), KeyType.AES_256);
    assertThatThrownBy(() -> vault.create(same))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining(key.spec().label());
  }

  @Test
  void label_wantedByManyAtOnce_goesToOne() throws Exception {
    String label = "contested-" + ++labels;
    Callable<Boolean> attempt =
        () -> {
          try {
            vault.create(KeySpec.of(KeyId.random(RANDOM), label, KeyType.AES_256));
            return true;
          } catch (HsmException.KeyExists e) {
            return false;
          }
        };
    try (var threads = Executors.newFixedThreadPool(4)) {
      long winners = 0;
      for (var result : threads.invokeAll(Collections.nCopies(8, attempt))) {
        winners += result.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    }
    assertThat(vault.inventory().keys().stream().filter(k -> k.spec().label().equals(label)))
        .hasSize(1);
  }

  @Test
  void create_ofWhatAClusterDoesNotKeep_isRefused() {
    KeySpec spec = spec(KeyType.AES_256);
    assertThatThrownBy(() -> vault.create(spec.asSession()))
        .isInstanceOf(HsmException.BadInput.class);
    for (Protection weaker : new Protection[] {Protection.LEAVES_WRAPPED, Protection.DOMAIN}) {
      assertThatThrownBy(() -> vault.create(spec.withProtection(weaker)))
          .isInstanceOf(HsmException.BadInput.class);
    }
    assertThatThrownBy(() -> vault.create(spec(KeyType.ED25519)))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("CKR_KEY_NOT_WRAPPABLE");
  }

  @Test
  void create_withReservedLabelOrId_isRefused() {
    for (KeySpec spec :
        new KeySpec[] {
          KeySpec.of(KeyId.random(RANDOM), "strongroom-x", KeyType.AES_256),
          KeySpec.of(ReservedKeys.DOMAIN_KEY.id(), "innocent", KeyType.AES_256)
        }) {
      assertThatThrownBy(() -> vault.create(spec)).isInstanceOf(HsmException.BadInput.class);
    }
  }

  @Test
  void reservedKeys_areNeverHeldNorDestroyed() {
    for (KeyId id : ReservedKeys.IDS) {
      assertThatThrownBy(() -> vault.held(id)).isInstanceOf(HsmException.KeyNotFound.class);
      assertThatThrownBy(() -> vault.destroy(id)).isInstanceOf(HsmException.BadInput.class);
    }
    assertThat(here.key("strongroom-domain")).isNotNull();
    assertThat(vault.inventory().keys())
        .noneMatch(key -> ReservedKeys.isReserved(key.spec().label()));
  }

  @Test
  void key_destroyed_isGoneAndItsIdIsNotUsedAgain() {
    SealedKey key = vault.create(spec(KeyType.AES_256));

    Vault.Burial burial = vault.destroy(key.id());

    assertThat(burial.existed()).isTrue();
    assertThatThrownBy(() -> vault.held(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> here.key(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> vault.create(key.spec()))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining("was destroyed");
    assertThatThrownBy(() -> vault.put(key.seal())).isInstanceOf(HsmException.KeyExists.class);
    assertThat(vault.destroy(key.id())).isEqualTo(new Vault.Burial(burial.tombstone(), false));
  }

  @Test
  void label_ofADestroyedKey_isFreeAgain() {
    SealedKey key = vault.create(spec(KeyType.AES_256));
    vault.destroy(key.id());
    KeySpec next = KeySpec.of(KeyId.random(RANDOM), key.spec().label(), KeyType.AES_256);
    assertThat(vault.create(next).id()).isEqualTo(next.id());
  }

  @Test
  void tombstone_fromAnotherNode_destroysTheKey() {
    SealedKey key = vault.create(spec(KeyType.AES_256));
    other.put(key.seal());

    Vault.Burial burial = vault.destroy(key.id());

    assertThat(other.put(burial.tombstone()).existed()).isTrue();
    assertThat(other.isBuried(key.id())).isTrue();
    assertThatThrownBy(() -> there.key(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void tombstone_forAnotherKey_isRefused() {
    SealedKey victim = vault.create(spec(KeyType.AES_256));
    Tombstone tombstone = vault.destroy(KeyId.random(RANDOM)).tombstone();
    Tombstone forged = tombstone.toBuilder().setId(victim.seal().getSpec().getId()).build();

    assertThatThrownBy(() -> vault.put(forged))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
    assertThat(vault.held(victim.id())).isNotNull();
  }

  static Stream<UnaryOperator<Seal.Builder>> tamperings() {
    KeyId otherId = new KeyId(1, 2);
    return Stream.of(
        seal -> seal.setSpec(seal.getSpec().toBuilder().setLabel("swapped")),
        seal -> seal.setSpec(seal.getSpec().toBuilder().setId(KeyCodec.toWire(otherId))),
        seal -> seal.setSpec(seal.getSpec().toBuilder().setType("SECRET_256")),
        seal -> seal.setSpec(seal.getSpec().toBuilder().addUsages("WRAP")),
        seal -> seal.setCreatedMillis(seal.getCreatedMillis() + 1),
        seal -> seal.setCheckValue(ByteString.copyFrom(new byte[3])),
        seal -> seal.setWrapped(ByteString.copyFrom(new byte[40])),
        seal -> seal.setMac(ByteString.copyFrom(new byte[32])));
  }

  @ParameterizedTest
  @MethodSource("tamperings")
  void seal_tamperedWith_isRefused(UnaryOperator<Seal.Builder> tampering) {
    SealedKey key = vault.create(spec(KeyType.AES_256));
    Seal tampered = tampering.apply(key.seal().toBuilder()).build();
    long before = other.inventoryVersion();

    assertThatThrownBy(() -> other.put(tampered))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
    assertThat(other.inventoryVersion()).isEqualTo(before);
  }

  @Test
  void seal_withTheWrappedKeyOfAnother_isRefused() {
    SealedKey mine = vault.create(spec(KeyType.AES_256));
    SealedKey theirs = vault.create(spec(KeyType.AES_256));
    Seal swapped = mine.seal().toBuilder().setWrapped(theirs.seal().getWrapped()).build();
    assertThatThrownBy(() -> other.put(swapped))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  @Test
  void seal_putTwice_isKeptOnce() {
    SealedKey key = vault.create(spec(KeyType.AES_256));
    other.put(key.seal());
    long version = other.inventoryVersion();
    other.put(key.seal());
    assertThat(other.inventoryVersion()).isEqualTo(version);
  }

  @Test
  void seal_withTheIdOfAnotherSeal_isRefused() {
    KeySpec spec = spec(KeyType.AES_256);
    vault.create(spec);
    SealedKey rival = other.create(spec);
    assertThatThrownBy(() -> vault.put(rival.seal())).isInstanceOf(HsmException.KeyExists.class);
  }

  @Test
  void domainKey_neitherDecryptsSealsNorWrapsToOthers() {
    SealedKey key = vault.create(spec(KeyType.AES_256));
    KeyId domain = ReservedKeys.DOMAIN_KEY.id();
    byte[] wrapped = key.seal().getWrapped().toByteArray();
    assertThatThrownBy(() -> here.decrypt(domain, new CipherAlgorithm.AesEcb(), wrapped))
        .isInstanceOf(HsmException.class);
    KeyInfo untrusted =
        here.create(
            new KeySpec(
                KeyId.random(RANDOM),
                "untrusted",
                KeyType.AES_256,
                Set.of(KeyUsage.WRAP, KeyUsage.UNWRAP),
                Protection.LEAVES_WRAPPED,
                true));
    assertThatThrownBy(() -> here.wrap(untrusted.id(), new WrapAlgorithm.AesKwp(), domain))
        .isInstanceOf(HsmException.AccessDenied.class);
    assertThatThrownBy(() ->
            here.unwrap(
                domain,
                new WrapAlgorithm.AesKwp(),
                wrapped,
                spec(KeyType.AES_256).withProtection(Protection.LEAVES_WRAPPED).asSession()))
        .isInstanceOf(HsmException.class);
    here.destroy(untrusted.id());
  }
}
