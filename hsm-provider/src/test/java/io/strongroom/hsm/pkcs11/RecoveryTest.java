package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What others in the process can do to our sessions, and that callers do not notice. */
@ExtendWith(SoftHsmExtension.class)
class RecoveryTest {
  private static final AesEcb ECB = new AesEcb();
  private static final byte[] BLOCK = new byte[16];

  private SoftHsmToken token;
  private Pkcs11Uri uri;
  private Library other;
  private Hsm hsm;
  private KeyInfo key;

  @BeforeEach
  void open(SoftHsmToken fresh) {
    token = fresh;
    uri = Pkcs11Uri.parse(token.url());
    other = Library.open(uri.modulePath(), uri.environment());
    hsm = Hsm.open(token.url());
    key = hsm.create(KeySpec.of(id(), "key", KeyType.AES_256));
  }

  @AfterEach
  void close() {
    hsm.close();
    other.close();
  }

  enum Disturbance {
    ALL_SESSIONS_CLOSED,
    LOGGED_OUT,
    LIBRARY_FINALISED
  }

  private void make(Disturbance disturbance) {
    Cryptoki functions = other.functions();
    long slot = TokenSlot.find(other, uri).id();
    switch (disturbance) {
      case ALL_SESSIONS_CLOSED -> assertThat(functions.closeAllSessions(slot)).isZero();
      case LIBRARY_FINALISED -> assertThat(functions.terminate()).isZero();
      case LOGGED_OUT -> {
        Generation generation =
            new Generation(functions, TokenSlot.find(other, uri), (_, _, _) -> {});
        generation.logout();
        generation.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Disturbance.class)
  void operation_afterDisturbance_succeeds(Disturbance disturbance) {
    byte[] before = hsm.encrypt(key.id(), ECB, BLOCK).bytes();
    make(disturbance);
    assertThat(hsm.encrypt(key.id(), ECB, BLOCK).bytes()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Disturbance.class)
  void lookUp_afterDisturbance_findsKeys(Disturbance disturbance) {
    make(disturbance);
    assertThat(hsm.keys()).containsExactly(key);
    make(disturbance);
    assertThat(hsm.key("key")).isEqualTo(key);
    make(disturbance);
    assertThat(hsm.key(key.id())).isEqualTo(key);
  }

  @ParameterizedTest
  @EnumSource(Disturbance.class)
  void create_afterDisturbance_makesOneKey(Disturbance disturbance) {
    make(disturbance);
    KeyInfo pair = hsm.create(KeySpec.of(id(), "pair", KeyType.EC_P256));
    make(disturbance);
    assertThatThrownBy(() -> hsm.create(KeySpec.of(id(), "pair", KeyType.EC_P256)))
        .isInstanceOf(HsmException.KeyExists.class);
    assertThat(hsm.keys()).containsExactlyInAnyOrder(key, pair);
  }

  @Test
  void sessionKey_afterSessionsWereClosed_keyNotFound() {
    KeyInfo session = hsm.create(KeySpec.of(id(), "session", KeyType.AES_256).asSession());
    assertThat(hsm.checkValue(session.id())).hasSize(3);

    make(Disturbance.ALL_SESSIONS_CLOSED);

    assertThatThrownBy(() -> hsm.checkValue(session.id()))
        .isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void pin_refusedOnNewLogin_isNotTriedAgain() throws IOException {
    String pin = Files.readString(token.userPin());
    Files.writeString(token.userPin(), "wrong-pin");
    make(Disturbance.ALL_SESSIONS_CLOSED);
    assertThatThrownBy(() -> hsm.random(8))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining("CKR_PIN_INCORRECT");

    assertThatThrownBy(() -> hsm.random(8))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining("pin-source");
    Files.writeString(token.userPin(), pin);
    assertThat(hsm.keys()).as("a PIN file that changed is noticed").containsExactly(key);
  }

  @Test
  void open_wrongPin_accessDeniedWithoutThePin() throws IOException {
    hsm.close();
    Files.writeString(token.userPin(), "wrong-pin");

    assertThatThrownBy(() -> Hsm.open(token.url()))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageNotContaining("wrong-pin");
  }

  @Test
  void key_destroyedByAnotherProcess_keyNotFound() {
    assertThat(hsm.checkValue(key.id())).hasSize(3);
    try (Hsm elsewhere = Hsm.open(token.withOwnLibrary().url())) {
      elsewhere.destroy(key.id());
    }

    assertThatThrownBy(() -> hsm.encrypt(key.id(), ECB, BLOCK))
        .isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void key_replacedByAnotherProcess_isTheNewOne() {
    byte[] before = hsm.checkValue(key.id());
    byte[] replaced;
    try (Hsm elsewhere = Hsm.open(token.withOwnLibrary().url())) {
      elsewhere.destroy(key.id());
      elsewhere.create(KeySpec.of(key.id(), "key", KeyType.AES_256));
      replaced = elsewhere.checkValue(key.id());
    }

    assertThat(hsm.checkValue(key.id())).isEqualTo(replaced).isNotEqualTo(before);
  }

  @Test
  void key_createdByAnotherProcess_isFound() {
    assertThatThrownBy(() -> hsm.key("later")).isInstanceOf(HsmException.KeyNotFound.class);
    try (Hsm elsewhere = Hsm.open(token.withOwnLibrary().url())) {
      KeyInfo later = elsewhere.create(KeySpec.of(id(), "later", KeyType.EC_P256));

      assertThat(hsm.key("later")).isEqualTo(later);
    }
  }

  @Test
  void close_oneOfTwoOnOneLibrary_leavesTheOtherWorking() {
    Hsm second = Hsm.open(token.url());
    second.close();
    second.close();

    assertThat(hsm.checkValue(key.id())).hasSize(3);
    assertThatThrownBy(() -> second.random(1)).isInstanceOf(IllegalStateException.class);
    assertThat(List.of(key)).isEqualTo(hsm.keys());
  }
}
