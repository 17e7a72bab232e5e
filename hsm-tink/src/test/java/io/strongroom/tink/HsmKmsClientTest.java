package io.strongroom.tink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KmsClients;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.util.SecretBytes;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class HsmKmsClientTest {

  private static final KeyId PAYMENTS = new KeyId(1, 1);
  private static final byte[] TEXT = "card 4111".getBytes(UTF_8);
  private static final byte[] CONTEXT = "tenant=42".getBytes(UTF_8);

  private Hsm hsm;
  private HsmKmsClient client;

  @BeforeEach
  void open(SoftHsmToken token) {
    hsm = Hsm.open(token.url());
    hsm.create(KeySpec.of(PAYMENTS, "payments", KeyType.AES_256));
    client = HsmKmsClient.over(hsm);
  }

  @AfterEach
  void close() {
    hsm.close();
  }

  @Test
  void aead_byLabelAndById_isTheSameKey() throws Exception {
    Aead byLabel = client.getAead("strongroom://payments");
    Aead byId = client.getAead("strongroom://id/" + PAYMENTS);
    assertThat(byId.decrypt(byLabel.encrypt(TEXT, CONTEXT), CONTEXT)).isEqualTo(TEXT);
    assertThat(byLabel.decrypt(byId.encrypt(new byte[0], null), new byte[0])).isEmpty();
  }

  @Test
  void aead_byAPercentEncodedLabel_isThatKey() throws Exception {
    hsm.create(KeySpec.of(new KeyId(1, 2), "a/b +c", KeyType.AES_128));
    Aead aead = client.getAead("strongroom://a%2Fb%20+c");
    assertThat(aead.decrypt(aead.encrypt(TEXT, CONTEXT), CONTEXT)).isEqualTo(TEXT);
  }

  @Test
  void ciphertext_isThatOfTinksOwnAesGcm() throws Exception {
    byte[] value = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    Aead inHsm = client.getAead("strongroom://id/" + known(value));
    Aead inSoftware =
        AesGcmJce.create(
            AesGcmKey.builder()
                .setParameters(
                    AesGcmParameters.builder()
                        .setKeySizeBytes(32)
                        .setIvSizeBytes(12)
                        .setTagSizeBytes(16)
                        .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                        .build())
                .setKeyBytes(SecretBytes.copyFrom(value, InsecureSecretKeyAccess.get()))
                .build());
    assertThat(inSoftware.decrypt(inHsm.encrypt(TEXT, CONTEXT), CONTEXT)).isEqualTo(TEXT);
    assertThat(inHsm.decrypt(inSoftware.encrypt(TEXT, CONTEXT), CONTEXT)).isEqualTo(TEXT);
  }

  private KeyId known(byte[] value) throws GeneralSecurityException {
    KeySpec opening =
        KeySpec.of(new KeyId(2, 1), "opening", KeyType.RSA_2048).withUsages(KeyUsage.UNWRAP);
    hsm.create(opening);
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
    oaep.init(Cipher.ENCRYPT_MODE, hsm.key(opening.id()).publicKey());
    return hsm.unwrap(
            opening.id(),
            new WrapAlgorithm.RsaOaep(Digest.SHA_1),
            oaep.doFinal(value),
            KeySpec.of(new KeyId(2, 2), "known", KeyType.AES_256))
        .id();
  }

  @Test
  void ciphertext_changedAnywhere_doesNotOpen() throws Exception {
    Aead aead = client.getAead("strongroom://payments");
    byte[] sealed = aead.encrypt(TEXT, CONTEXT);
    for (int at : new int[] {0, 11, 12, sealed.length - 1}) {
      byte[] changed = sealed.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> aead.decrypt(changed, CONTEXT))
          .isInstanceOf(AEADBadTagException.class);
    }
    assertThatThrownBy(() -> aead.decrypt(sealed, TEXT)).isInstanceOf(AEADBadTagException.class);
    assertThatThrownBy(() -> aead.decrypt(sealed, null)).isInstanceOf(AEADBadTagException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 12, 27})
  void ciphertext_cutShort_doesNotOpen(int length) throws Exception {
    Aead aead = client.getAead("strongroom://payments");
    assertThatThrownBy(() -> aead.decrypt(new byte[length], CONTEXT))
        .isInstanceOf(AEADBadTagException.class)
        .hasMessageContaining("cut short");
  }

  @Test
  void envelope_asInTheExample_opensUnderTheSameKeyOnly() throws Exception {
    byte[] sealed = TinkExample.encrypt(hsm, TEXT, CONTEXT);
    assertThat(envelope("payments").decrypt(sealed, CONTEXT)).isEqualTo(TEXT);
    hsm.create(KeySpec.of(new KeyId(1, 3), "other", KeyType.AES_256));
    assertThatThrownBy(() -> envelope("other").decrypt(sealed, CONTEXT))
        .isInstanceOf(GeneralSecurityException.class);
  }

  private Aead envelope(String label) throws GeneralSecurityException {
    return KmsEnvelopeAead.create(
        PredefinedAeadParameters.AES256_GCM, client.getAead("strongroom://" + label));
  }

  @Test
  void client_untilItIsAdded_isKnownToItsUserOnly() {
    assertThatThrownBy(() -> KmsClients.get("strongroom://payments"))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "strongroom://nothing",
        "strongroom://id/00000000000000000000000000000000",
        "strongroom://id/xyz",
        "strongroom://%zz",
        "strongroom://",
        "aws-kms://payments"
      })
  void uri_ofNoKey_isRefused(String uri) {
    assertThatThrownBy(() -> client.getAead(uri)).isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void key_thatCannotSeal_isRefused() {
    hsm.create(KeySpec.of(new KeyId(3, 1), "pair", KeyType.EC_P256));
    hsm.create(KeySpec.of(new KeyId(3, 2), "half", KeyType.AES_256).withUsages(KeyUsage.ENCRYPT));
    hsm.create(KeySpec.of(new KeyId(3, 3), "strongroom-own", KeyType.AES_256));
    for (String label : List.of("pair", "half")) {
      assertThatThrownBy(() -> client.getAead("strongroom://" + label))
          .isInstanceOf(GeneralSecurityException.class)
          .hasMessageContaining("wants an AES key that may");
    }
    assertThatThrownBy(() -> client.getAead("strongroom://strongroom-own"))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("Strongroom's own");
  }

  @Test
  void credentials_areRefused_andTheDefaultOnesAreTheHsms() {
    assertThatThrownBy(() -> client.withCredentials("/some/file"))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("pin-source");
    assertThat(client.withDefaultCredentials()).isSameAs(client);
    assertThat(client.doesSupport("strongroom://x")).isTrue();
    assertThat(client.doesSupport(null)).isFalse();
  }

  @Test
  void aead_whoseKeyOrHsmIsGone_failsWithTheReason() throws Exception {
    Aead aead = client.getAead("strongroom://payments");
    byte[] sealed = aead.encrypt(TEXT, CONTEXT);
    hsm.destroy(PAYMENTS);
    assertThatThrownBy(() -> aead.decrypt(sealed, CONTEXT))
        .isInstanceOf(GeneralSecurityException.class)
        .isNotInstanceOf(AEADBadTagException.class)
        .hasCauseInstanceOf(HsmException.KeyNotFound.class);
    hsm.close();
    assertThatThrownBy(() -> aead.encrypt(TEXT, CONTEXT))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aead_usedByManyThreads_sealsAndOpens() throws Exception {
    Aead aead = client.getAead("strongroom://payments");
    Callable<byte[]> round = () -> aead.decrypt(aead.encrypt(TEXT, CONTEXT), CONTEXT);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (var each : threads.invokeAll(Stream.generate(() -> round).limit(100).toList())) {
        assertThat(each.get()).isEqualTo(TEXT);
      }
    }
  }
}
