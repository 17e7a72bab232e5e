package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeepTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SoftHsmToken token;
  private final Hsm hsm;

  KeepTest(SoftHsmToken token) {
    this.token = token;
    this.hsm = Hsm.open(token.url());
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  private KeyInfo session(KeyType type) {
    KeyId id = KeyId.random(RANDOM);
    return hsm.create(KeySpec.of(id, "session-" + id, type).asSession());
  }

  private static String label() {
    return "kept-" + KeyId.random(RANDOM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"AES_256", "SECRET_256", "SECRET_200", "RSA_2048", "EC_256", "EDWARDS_255"})
  void sessionKey_kept_isTheSameKeyInTheToken(String type) {
    KeyInfo before = session(KeyType.parse(type));
    String label = label();

    KeyInfo kept = hsm.keep(before.id(), label);

    assertThat(kept.session()).isFalse();
    assertThat(kept.label()).isEqualTo(label);
    assertThat(kept.id()).isEqualTo(before.id());
    assertThat(kept.type()).isEqualTo(before.type());
    assertThat(kept.usages()).isEqualTo(before.usages());
    assertThat(kept.protection()).isEqualTo(Protection.NEVER_LEAVES);
    assertThat(kept.publicKey()).isEqualTo(before.publicKey());
    assertThat(hsm.key(before.id())).isEqualTo(kept);
    assertThat(hsm.key(label)).isEqualTo(kept);
    assertThat(hsm.keys().stream().filter(key -> key.id().equals(before.id())))
        .containsExactly(kept);
    assertThatThrownBy(() -> hsm.key(before.label())).isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(hsm.attemptExport(kept.id())).allMatch(ExportAttempt::refused);
  }

  @Test
  void keptKey_decryptsWhatItEncryptedBefore_alsoInAnotherOpening() {
    KeyInfo key = session(KeyType.AES_256);
    Encrypted before = hsm.encrypt(key.id(), AesGcm.withDeviceIv(new byte[0]), new byte[] {7});
    hsm.keep(key.id(), label());
    AesGcm algorithm = AesGcm.withIv(before.iv(), new byte[0]);
    assertThat(hsm.decrypt(key.id(), algorithm, before.bytes())).containsExactly(7);
    try (Hsm other = Hsm.open(token.withOwnLibrary().url())) {
      assertThat(other.decrypt(key.id(), algorithm, before.bytes())).containsExactly(7);
    }
  }

  @Test
  void keptPair_verifiesWithItsOwnPublicHalf() {
    KeyInfo key = session(KeyType.EC_P256);
    hsm.keep(key.id(), label());
    byte[] digest = new byte[32];
    byte[] signature = hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), digest);
    assertThat(hsm.verify(key.id(), new SignatureAlgorithm.Ecdsa(), digest, signature)).isTrue();
  }

  @Test
  void keep_repeated_isTheSameKey() {
    KeyInfo key = session(KeyType.AES_128);
    String label = label();
    KeyInfo kept = hsm.keep(key.id(), label);
    assertThat(hsm.keep(key.id(), label)).isEqualTo(kept);
    assertThatThrownBy(() -> hsm.keep(key.id(), label()))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining("\"" + label + "\"");
  }

  @Test
  void keep_underALabelThatIsTaken_leavesTheSessionKeyAsItWas() {
    KeyInfo other = session(KeyType.AES_128);
    String taken = label();
    hsm.keep(other.id(), taken);
    KeyInfo key = session(KeyType.AES_256);
    assertThatThrownBy(() -> hsm.keep(key.id(), taken))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining(taken);
    assertThat(hsm.key(key.id())).isEqualTo(key);
    assertThat(hsm.key(taken).id()).isEqualTo(other.id());
  }

  @Test
  void keep_ofNothing_isNotFound() {
    assertThatThrownBy(() -> hsm.keep(KeyId.random(RANDOM), label()))
        .isInstanceOf(HsmException.KeyNotFound.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb"})
  void keep_underWhatIsNoLabel_isRefused(String label) {
    KeyInfo key = session(KeyType.AES_128);
    assertThatThrownBy(() -> hsm.keep(key.id(), label)).isInstanceOf(HsmException.BadInput.class);
    assertThat(hsm.key(key.id()).session()).isTrue();
  }

  @Test
  void keyThatMayNotBeCopied_keptAnyway_isDeniedAndLeftAsItWas() {
    KeyId id = KeyId.random(RANDOM);
    KeyInfo domain =
        hsm.create(
            KeySpec.of(id, "domain-" + id, KeyType.AES_256)
                .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
                .withProtection(Protection.DOMAIN)
                .asSession());
    String label = label();
    assertThatThrownBy(() -> hsm.keep(id, label)).isInstanceOf(HsmException.AccessDenied.class);
    assertThat(hsm.key(id)).isEqualTo(domain);
    assertThatThrownBy(() -> hsm.key(label)).isInstanceOf(HsmException.KeyNotFound.class);
  }
}
