package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.CipherAlgorithm.RsaOaep;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import org.junit.jupiter.api.Test;

/** The same on NSS softoken; what is overridden is all that it answers otherwise. */
@DeviceExtension.OnNss
class NssWrongInputTest extends WrongInputTest {
  private static final byte[] TEXT = new byte[10];

  NssWrongInputTest(DeviceExtension.Url url) {
    super(url);
  }

  /** It takes a digest for OAEP and another one for MGF1. */
  @Override
  @Test
  void rsaEncrypt_digestThatDeviceLacks_unsupportedNamesIt() {
    RsaOaep oaep = new RsaOaep(Digest.SHA_256, Digest.SHA_1, new byte[0]);

    byte[] encrypted = hsm.encrypt(rsa.id(), oaep, TEXT).bytes();

    assertThat(hsm.decrypt(rsa.id(), oaep, encrypted)).isEqualTo(TEXT);
  }

  /** It heeds the label. */
  @Override
  @Test
  void rsaOaep_labelThatDeviceDoesNotHeed_unsupportedSaysSo() {
    RsaOaep labelled = new RsaOaep(Digest.SHA_256, Digest.SHA_256, new byte[] {1});
    RsaOaep other = new RsaOaep(Digest.SHA_256, Digest.SHA_256, new byte[] {2});

    byte[] encrypted = hsm.encrypt(rsa.id(), labelled, TEXT).bytes();

    assertThat(hsm.decrypt(rsa.id(), labelled, encrypted)).isEqualTo(TEXT);
    assertThatThrownBy(() -> hsm.decrypt(rsa.id(), other, encrypted))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  /** It says that the key is of another kind. */
  @Override
  @Test
  void decrypt_keyMayNot_badInputNamesTheAnswer() {
    assertThatThrownBy(() -> hsm.decrypt(encryptOnly.id(), new AesEcb(), new byte[16]))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("CKR_KEY_TYPE_INCONSISTENT");
  }
}
