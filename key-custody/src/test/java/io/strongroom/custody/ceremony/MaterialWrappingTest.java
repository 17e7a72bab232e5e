package io.strongroom.custody.ceremony;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.secret.LibCrypto;
import io.strongroom.custody.secret.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Opens with the JDK's providers what was wrapped outside the heap. */
class MaterialWrappingTest {

  private static KeyPair pair2048;
  private static KeyPair pair3072;

  private final Secrets secrets = new Secrets();
  private final MaterialWrapping wrapping = new MaterialWrapping(LibCrypto.load(null));
  private final Secret material =
      secrets.hex("8d6c1f0b5e3a7792c4d8e1f6a0b35c7d2e9f48617a5bc30d1e4f8a926b7c3d50");

  @BeforeAll
  static void makePairs() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    pair2048 = generator.generateKeyPair();
    generator.initialize(3072);
    pair3072 = generator.generateKeyPair();
  }

  @AfterEach
  void close() {
    secrets.close();
  }

  @ParameterizedTest
  @EnumSource
  void wrap_openedByTheJdk_isTheMaterial(WrappingAlgorithm algorithm) throws Exception {
    for (KeyPair pair : new KeyPair[] {pair2048, pair3072}) {
      byte[] wrapped = wrapping.wrap(algorithm, (RSAPublicKey) pair.getPublic(), material);
      assertThat(open(algorithm, pair, wrapped)).isEqualTo(Secrets.bytes(material));
    }
  }

  @Test
  void wrap_twice_givesDifferentResults() {
    RSAPublicKey key = (RSAPublicKey) pair2048.getPublic();
    assertThat(wrapping.wrap(WrappingAlgorithm.RSAES_OAEP_SHA_1, key, material))
        .isNotEqualTo(wrapping.wrap(WrappingAlgorithm.RSAES_OAEP_SHA_1, key, material));
  }

  private static byte[] open(WrappingAlgorithm algorithm, KeyPair pair, byte[] wrapped)
      throws GeneralSecurityException {
    String digest = algorithm.name().endsWith("SHA_256") ? "SHA-256" : "SHA-1";
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
    oaep.init(
        Cipher.DECRYPT_MODE,
        pair.getPrivate(),
        new OAEPParameterSpec(
            digest,
            "MGF1",
            Map.of("SHA-1", MGF1ParameterSpec.SHA1, "SHA-256", MGF1ParameterSpec.SHA256)
                .get(digest),
            PSource.PSpecified.DEFAULT));
    int block = (((RSAPublicKey) pair.getPublic()).getModulus().bitLength() + 7) / 8;
    byte[] first = oaep.doFinal(wrapped, 0, block);
    if (algorithm.name().startsWith("RSAES")) {
      assertThat(wrapped).hasSize(block);
      return first;
    }
    Cipher keyWrap = Cipher.getInstance("AES/KWP/NoPadding");
    keyWrap.init(Cipher.UNWRAP_MODE, new SecretKeySpec(first, "AES"));
    byte[] second = Arrays.copyOfRange(wrapped, block, wrapped.length);
    return keyWrap.unwrap(second, "AES", Cipher.SECRET_KEY).getEncoded();
  }
}
