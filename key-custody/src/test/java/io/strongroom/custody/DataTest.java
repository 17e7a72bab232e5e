package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.KeyId;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataTest extends TokenTest {

  private static final Map<String, String> CONTEXT = Map.of("invoice", "4711", "tenant", "a");

  private CmkDescription cmk;

  @BeforeEach
  void key() {
    cmk = keys.createKey(KeyRequest.generated().withAlias("alias/data"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 4095, 4096})
  void decrypt_whatWasEncrypted_isThePlaintext(int bytes) {
    byte[] plaintext = Materials.bytes(bytes, bytes);
    byte[] ciphertext = keys.encrypt("alias/data", plaintext, CONTEXT).encode();
    assertThat(keys.decrypt(ciphertext, CONTEXT)).isEqualTo(plaintext);
  }

  @Test
  void encrypt_4097Bytes_isRefusedPointingToEnvelopeEncryption() {
    assertThatThrownBy(() -> keys.encrypt(id(cmk), new byte[4097], Map.of()))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LONG))
        .hasMessageContaining("4097")
        .hasMessageContaining("envelope");
  }

  @Test
  void encrypt_sameTwice_differs() {
    Ciphertext one = keys.encrypt(id(cmk), new byte[16], CONTEXT);
    Ciphertext other = keys.encrypt(id(cmk), new byte[16], CONTEXT);
    assertThat(one.iv()).isNotEqualTo(other.iv());
    assertThat(one.sealed()).isNotEqualTo(other.sealed());
  }

  @Test
  void decrypt_otherContext_failsToAuthenticate() {
    byte[] ciphertext = keys.encrypt(id(cmk), new byte[] {1}, CONTEXT).encode();
    assertNotAuthentic(ciphertext, Map.of());
    assertNotAuthentic(ciphertext, Map.of("invoice", "4711"));
    assertNotAuthentic(ciphertext, Map.of("invoice", "4712", "tenant", "a"));
    assertNotAuthentic(ciphertext, Map.of("invoice", "4711", "tenant", "a", "more", ""));
  }

  @Test
  void decrypt_anyByteOfIvCiphertextOrTagChanged_failsToAuthenticate() {
    byte[] ciphertext = keys.encrypt(id(cmk), new byte[] {1, 2}, CONTEXT).encode();
    for (int i = 26; i < ciphertext.length; i++) {
      if (i < 38 || i >= 42) {
        byte[] altered = ciphertext.clone();
        altered[i] ^= 1;
        assertNotAuthentic(altered, CONTEXT);
      }
    }
  }

  @Test
  void decrypt_namingAnotherKeyOfTheStore_failsToAuthenticate() {
    CmkDescription other = keys.createKey(KeyRequest.generated());
    Ciphertext one = keys.encrypt(id(cmk), new byte[] {1}, CONTEXT);
    byte[] moved = new Ciphertext(other.keyId(), 1, one.iv(), one.sealed()).encode();
    assertNotAuthentic(moved, CONTEXT);
  }

  @Test
  void decrypt_namingNoKeyOfTheStore_isNotFound() {
    Ciphertext one = keys.encrypt(id(cmk), new byte[] {1}, CONTEXT);
    byte[] foreign = new Ciphertext(UUID.randomUUID(), 1, one.iv(), one.sealed()).encode();
    assertThatThrownBy(() -> keys.decrypt(foreign, CONTEXT))
        .isInstanceOf(CustodyException.NotFound.class);
    byte[] version = new Ciphertext(cmk.keyId(), 2, one.iv(), one.sealed()).encode();
    assertThatThrownBy(() -> keys.decrypt(version, CONTEXT))
        .isInstanceOf(CustodyException.NotFound.class);
  }

  @Test
  void decrypt_garbage_isBadInput() {
    assertThatThrownBy(() -> keys.decrypt(Materials.bytes(100, 1), Map.of()))
        .isInstanceOfSatisfying(
            CustodyException.BadInput.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
  }

  @Test
  void encrypt_keyForAnotherUse_isRefused() {
    CmkDescription hmac = keys.createKey(KeyRequest.generated().withSpec(CmkSpec.HMAC_256));
    assertThatThrownBy(() -> keys.encrypt(id(hmac), new byte[1], Map.of()))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_USAGE));
  }

  @Test
  void decrypt_madeWithTheHsmKeyDirectly_works() {
    KeyId key = hsm.key(Ciphertext.hsmKeyLabel(cmk.keyId(), 1)).id();
    byte[] aad = Ciphertext.aad(cmk.keyId(), 1, CONTEXT);
    Encrypted direct = hsm.encrypt(key, AesGcm.withDeviceIv(aad), new byte[] {9});
    Ciphertext ciphertext = new Ciphertext(cmk.keyId(), 1, direct.iv(), direct.bytes());
    assertThat(keys.decrypt(ciphertext.encode(), CONTEXT)).containsExactly(9);
  }

  @Test
  void encrypt_readWithTheHsmKeyDirectly_works() {
    Ciphertext ciphertext = keys.encrypt(id(cmk), new byte[] {9}, CONTEXT);
    KeyId key = hsm.key(Ciphertext.hsmKeyLabel(cmk.keyId(), 1)).id();
    AesGcm algorithm = AesGcm.withIv(ciphertext.iv(), ciphertext.aad(CONTEXT));
    assertThat(hsm.decrypt(key, algorithm, ciphertext.sealed())).containsExactly(9);
  }

  private void assertNotAuthentic(byte[] ciphertext, Map<String, String> context) {
    assertThatThrownBy(() -> keys.decrypt(ciphertext, context))
        .isInstanceOf(CustodyException.AuthenticationFailed.class)
        .hasMessageContaining("context");
  }
}
