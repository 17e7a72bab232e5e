package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Looking keys up, counted in calls of the library: a search has the device read every object. */
@ExtendWith(SoftHsmExtension.class)
class FullTokenTest {
  private SoftHsmToken token;
  private FaultyLibrary library;
  private Hsm hsm;

  @BeforeEach
  void open(SoftHsmToken fresh) {
    token = fresh;
    library = FaultyLibrary.over(token);
    hsm = Hsm.open(library.url());
  }

  @AfterEach
  void close() {
    hsm.close();
    library.close();
  }

  private KeyInfo create(String label, KeyType type) {
    return hsm.create(KeySpec.of(id(), label, type));
  }

  @Test
  void lookUps_afterTheFirst_searchNoMore() {
    KeyInfo secret = create("secret", KeyType.AES_256);
    KeyInfo pair = create("pair", KeyType.EC_P256);
    assertThat(hsm.key("secret")).isEqualTo(secret);
    assertThat(hsm.key("pair")).isEqualTo(pair);
    long searches = library.calls("C_FindObjectsInit");
    long reads = library.calls("C_GetAttributeValue");

    for (int i = 0; i < 10; i++) {
      assertThat(hsm.key("secret")).isEqualTo(secret);
      assertThat(hsm.key(secret.id())).isEqualTo(secret);
      assertThat(hsm.key("pair")).isEqualTo(pair);
      assertThat(hsm.key(pair.id())).isEqualTo(pair);
    }

    assertThat(library.calls("C_FindObjectsInit")).isEqualTo(searches);
    // One for each object: three a round, twice.
    assertThat(library.calls("C_GetAttributeValue")).isEqualTo(reads + 60);
  }

  @Test
  void lookUp_afterAnotherInstanceDestroyedTheKey_keyNotFound() {
    KeyInfo key = create("key", KeyType.EC_P256);
    assertThat(hsm.key("key")).isEqualTo(key);
    try (Hsm elsewhere = Hsm.open(token.withOwnLibrary().url())) {
      elsewhere.destroy(key.id());
    }
    assertThatThrownBy(() -> hsm.key("key")).isInstanceOf(HsmException.KeyNotFound.class);
    assertThatThrownBy(() -> hsm.key(key.id())).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void lookUp_afterAnotherInstanceGaveTheLabelToAnotherKey_findsThat() {
    KeyInfo first = create("key", KeyType.AES_256);
    assertThat(hsm.key("key")).isEqualTo(first);
    try (Hsm elsewhere = Hsm.open(token.withOwnLibrary().url())) {
      elsewhere.destroy(first.id());
      KeyInfo second = elsewhere.create(KeySpec.of(id(), "key", KeyType.AES_256));

      assertThat(hsm.key("key")).isEqualTo(second);
    }
  }

  @Test
  void lookUp_afterDestroyHere_keyNotFound() {
    KeyInfo key = create("key", KeyType.AES_256);
    assertThat(hsm.key("key")).isEqualTo(key);
    hsm.destroy(key.id());
    assertThatThrownBy(() -> hsm.key("key")).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void create_inAFullerToken_refusesEveryLabel() {
    for (int i = 0; i < 100; i++) {
      create("key-" + i, KeyType.AES_256);
    }
    for (int i : new int[] {0, 50, 99}) {
      assertThatThrownBy(() -> create("key-" + i, KeyType.AES_256))
          .isInstanceOf(HsmException.KeyExists.class);
    }
    assertThat(hsm.keys()).hasSize(100);
  }
}
