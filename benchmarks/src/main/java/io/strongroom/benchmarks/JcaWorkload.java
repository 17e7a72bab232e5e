package io.strongroom.benchmarks;

import io.strongroom.provider.HsmProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;

/** Any JCA provider, used as applications use it: one engine a thread, set up for each call. */
final class JcaWorkload implements Workload {
  private static final int TAG_BITS = 128;

  private final Provider provider;
  private final KeyStore keys;
  private final AutoCloseable owned;

  private JcaWorkload(Provider provider, KeyStore keys, AutoCloseable owned) {
    this.provider = provider;
    this.keys = keys;
    this.owned = owned;
  }

  /** Strongroom's provider. */
  static JcaWorkload strongroom(BenchmarkToken token) throws GeneralSecurityException, IOException {
    HsmProvider provider = new HsmProvider().configure(token.url());
    KeyStore keys = KeyStore.getInstance("HSM", provider);
    keys.load(null, null);
    return new JcaWorkload(provider, keys, provider);
  }

  /** The JDK's provider. */
  static JcaWorkload sunPkcs11(BenchmarkToken token) throws GeneralSecurityException, IOException {
    Path configuration = Files.createTempFile("sunpkcs11-", ".cfg");
    try {
      Files.writeString(
          configuration, "name = Peer\nlibrary = " + token.library() + "\nslotListIndex = 0\n");
      Provider provider =
          Objects.requireNonNull(Security.getProvider("SunPKCS11"))
              .configure(configuration.toString());
      KeyStore keys = KeyStore.getInstance("PKCS11", provider);
      keys.load(null, token.pin());
      return new JcaWorkload(provider, keys, () -> {});
    } finally {
      Files.delete(configuration);
    }
  }

  /** Its keys by label. */
  KeyStore keys() {
    return keys;
  }

  @Override
  public Call ready(Operation operation) throws GeneralSecurityException {
    Key key = keys.getKey(operation.label(), null);
    if (key == null) {
      throw new GeneralSecurityException(provider.getName() + " shows no key " + operation.label());
    }
    byte[] message = operation.message();
    return switch (operation) {
      case AES_GCM_1K, AES_GCM_16K -> gcm(key, message);
      case HMAC_SHA256 -> hmac(key, message);
      case ECDSA_P256 -> signature("SHA256withECDSAinP1363Format", key, message);
      case RSA_2048, RSA_3072 -> signature("SHA256withRSA", key, message);
    };
  }

  private Call gcm(Key key, byte[] message) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    return count -> {
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, Workload.iv(count)));
      return cipher.doFinal(message);
    };
  }

  private Call hmac(Key key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256", provider);
    mac.init(key);
    return _ -> mac.doFinal(message);
  }

  private Call signature(String algorithm, Key key, byte[] message)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm, provider);
    signature.initSign((PrivateKey) key);
    return _ -> {
      signature.update(message);
      return signature.sign();
    };
  }

  @Override
  public void close() {
    try {
      owned.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close " + provider.getName(), e);
    }
  }
}
