package io.strongroom.provider.wycheproof;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.CipherAlgorithm.AesEcb;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm.Hmac;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.provider.HsmKeySpec;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * AES key wrap without and with padding: the vector's ciphertext is opened in the token, the key
 * that comes out is used, and wrapped again, which must give the ciphertext back.
 */
class KeyWrapWycheproofTest extends VectorSuite {
  private static final Set<Integer> AES_BYTES = Set.of(16, 24, 32);

  @Test
  void aesKw_eachVector_endsAsItSays() {
    run("aes_wrap_test.json", "Hsm.unwrap", v -> unwrap(new WrapAlgorithm.AesKw(), v));
    run("aes_wrap_test.json", "Hsm.wrap", v -> wrap(new WrapAlgorithm.AesKw(), v));
  }

  @Test
  void aesKwp_eachVector_endsAsItSays() {
    run("aes_kwp_test.json", "Hsm.unwrap", v -> unwrap(new WrapAlgorithm.AesKwp(), v));
    run("aes_kwp_test.json", "Hsm.wrap", v -> wrap(new WrapAlgorithm.AesKwp(), v));
  }

  @Test
  void aesKeyWrapByCipher_eachVector_endsAsItSays() {
    run("aes_wrap_test.json", "Cipher.unwrap", v -> unwrapByProvider("AES/KW/NoPadding", v));
    run("aes_kwp_test.json", "Cipher.unwrap", v -> unwrapByProvider("AES/KWP/NoPadding", v));
  }

  private Verdict unwrapByProvider(String transformation, Vector vector) throws Exception {
    byte[] material = vector.bytes("msg");
    KeySpec target = target(material.length > 0 ? material.length : vector.bytes("ct").length - 8);
    Cipher cipher = Cipher.getInstance(transformation, token().provider);
    cipher.init(
        Cipher.UNWRAP_MODE,
        token().jca(token().aes(vector.bytes("key"))),
        HsmKeySpec.session(target.label()).withId(target.id()).withBits(target.type().bits()));
    boolean aes = target.type().family() == KeyType.Family.AES;
    SecretKey opened;
    try {
      opened =
          (SecretKey)
              cipher.unwrap(vector.bytes("ct"), aes ? "AES" : "GenericSecret", Cipher.SECRET_KEY);
    } catch (InvalidKeyException e) {
      return Verdict.REFUSED;
    }
    requireSame(target, material);
    opened.destroy();
    return Verdict.ACCEPTED;
  }

  /** Something to do with the key that was opened. */
  private interface Use {
    Verdict of(KeyId wrapping, KeySpec opened) throws Exception;
  }

  private Verdict unwrap(WrapAlgorithm algorithm, Vector vector) throws Exception {
    return open(
        algorithm,
        vector,
        (_, opened) -> {
          requireSame(opened, vector.bytes("msg"));
          return Verdict.ACCEPTED;
        });
  }

  private Verdict wrap(WrapAlgorithm algorithm, Vector vector) throws Exception {
    if (vector.result() == Vector.Result.INVALID) {
      return new Verdict.NotApplicable("what is invalid is for unwrapping");
    }
    byte[] material = vector.bytes("msg");
    return open(
        algorithm,
        vector,
        (wrapping, opened) -> {
          byte[] wrapped = token().hsm.wrap(wrapping, algorithm, opened.id());
          byte[] filledUp = Arrays.copyOf(material, (material.length + 7) / 8 * 8);
          if (filledUp.length > material.length
              && Arrays.equals(wrapped, inSoftware(vector.bytes("key"), filledUp))) {
            return new Verdict.NotApplicable("SoftHSM2 fills keys up with zeros to 8 bytes");
          }
          assertThat(wrapped).isEqualTo(vector.bytes("ct"));
          return Verdict.ACCEPTED;
        });
  }

  private static byte[] inSoftware(byte[] wrapping, byte[] material)
      throws GeneralSecurityException {
    Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding", "SunJCE");
    kwp.init(Cipher.WRAP_MODE, new SecretKeySpec(wrapping, "AES"));
    return kwp.wrap(new SecretKeySpec(material, "Generic"));
  }

  private Verdict open(WrapAlgorithm algorithm, Vector vector, Use use) throws Exception {
    byte[] wrapped = vector.bytes("ct");
    int bytes = vector.bytes("msg").length;
    KeyId wrapping = token().aes(vector.bytes("key"));
    KeySpec target = target(bytes > 0 ? bytes : wrapped.length - 8);
    try {
      token().hsm.unwrap(wrapping, algorithm, wrapped, target);
    } catch (HsmException.AuthenticationFailed | HsmException.BadInput e) {
      return Verdict.REFUSED;
    }
    try {
      return use.of(wrapping, target);
    } finally {
      token().hsm.destroy(target.id());
    }
  }

  private KeySpec target(int bytes) {
    boolean aes = AES_BYTES.contains(bytes);
    KeyType type =
        aes
            ? new KeyType(KeyType.Family.AES, 8 * bytes)
            : KeyType.secret(8 * Math.clamp(bytes, 1, 512));
    return token()
        .spec("", type, aes ? KeyUsage.ENCRYPT : KeyUsage.SIGN)
        .withProtection(Protection.LEAVES_WRAPPED);
  }

  private void requireSame(KeySpec opened, byte[] material) throws GeneralSecurityException {
    Hsm hsm = token().hsm;
    if (opened.type().family() == KeyType.Family.AES) {
      Cipher software = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
      software.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
      assertThat(hsm.encrypt(opened.id(), new AesEcb(), new byte[16]).bytes())
          .isEqualTo(software.doFinal(new byte[16]));
    } else if (material.length >= Digest.SHA_1.bytes()) {
      Mac software = Mac.getInstance("HmacSHA1", "SunJCE");
      software.init(new SecretKeySpec(material, "HmacSHA1"));
      assertThat(hsm.mac(opened.id(), new Hmac(Digest.SHA_1), new byte[1]))
          .isEqualTo(software.doFinal(new byte[1]));
    }
  }
}
