package io.strongroom.provider;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A provider over a token of its own, and keys whose value a test knows. */
final class ProviderFixture implements AutoCloseable {

  final SoftHsmToken token;
  final Hsm hsm;
  final HsmProvider provider;
  final SecureRandom random = new SecureRandom();
  private final KeySpec unwrapping;

  ProviderFixture(SoftHsmToken token) {
    this.token = token;
    this.hsm = Hsm.open(token.url());
    this.provider = HsmProvider.over(hsm);
    this.unwrapping =
        KeySpec.of(KeyId.random(random), "import", KeyType.RSA_2048).withUsages(KeyUsage.UNWRAP);
    hsm.create(unwrapping);
  }

  /** One key, in the HSM and in software. */
  record KnownKey(SecretKey inHsm, SecretKey inSoftware, String label) {}

  KnownKey aes(byte[] value) throws GeneralSecurityException {
    return aes(value, KeyUsage.ENCRYPT, KeyUsage.DECRYPT);
  }

  KnownKey aes(byte[] value, KeyUsage... usages) throws GeneralSecurityException {
    return known(new KeyType(KeyType.Family.AES, 8 * value.length), value, "AES", usages);
  }

  KnownKey aes256() throws GeneralSecurityException {
    return aes(bytes(32));
  }

  KnownKey hmac(byte[] value, String algorithm) throws GeneralSecurityException {
    return known(
        KeyType.secret(8 * value.length), value, algorithm, KeyUsage.SIGN, KeyUsage.VERIFY);
  }

  private KnownKey known(KeyType type, byte[] value, String algorithm, KeyUsage... usages)
      throws GeneralSecurityException {
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SunJCE");
    oaep.init(Cipher.ENCRYPT_MODE, hsm.key(unwrapping.id()).publicKey());
    KeyId id = KeyId.random(random);
    hsm.unwrap(
        unwrapping.id(),
        new WrapAlgorithm.RsaOaep(Digest.SHA_1),
        oaep.doFinal(value),
        KeySpec.of(id, "known-" + id, type).withUsages(usages));
    Key key = provider.key(id);
    return new KnownKey((SecretKey) key, new SecretKeySpec(value, algorithm), "known-" + id);
  }

  KeyStore keyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("HSM", provider);
    store.load(null, null);
    return store;
  }

  String label() {
    return "key-" + KeyId.random(random);
  }

  static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() {
    hsm.close();
  }
}
