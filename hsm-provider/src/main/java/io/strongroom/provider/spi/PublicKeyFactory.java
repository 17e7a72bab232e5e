package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyType;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyFactorySpi;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Public keys, which are the JDK's own and made by it, and the attributes of private keys in the
 * HSM, which are never made from a value nor shown as one.
 */
final class PublicKeyFactory extends KeyFactorySpi {

  private final Device device;
  private final String algorithm;
  private final KeyType.Family family;

  PublicKeyFactory(Device device, String algorithm, KeyType.Family family) {
    this.device = device;
    this.algorithm = algorithm;
    this.family = family;
  }

  // By name: the first provider in the list may be this one.
  private KeyFactory software() {
    try {
      return KeyFactory.getInstance(
          algorithm, family == KeyType.Family.RSA ? "SunRsaSign" : "SunEC");
    } catch (GeneralSecurityException e) {
      throw new ProviderException("this JDK has no KeyFactory " + algorithm, e);
    }
  }

  @Override
  protected PublicKey engineGeneratePublic(@Nullable KeySpec spec) throws InvalidKeySpecException {
    if (spec == null) {
      throw new InvalidKeySpecException("a public key is made from a KeySpec, got null");
    }
    return software().generatePublic(spec);
  }

  @Override
  protected PrivateKey engineGeneratePrivate(@Nullable KeySpec spec)
      throws InvalidKeySpecException {
    throw new InvalidKeySpecException(KeyAttributes.importRefusal(device, spec));
  }

  @Override
  protected <T extends KeySpec> T engineGetKeySpec(@Nullable Key key, @Nullable Class<T> wanted)
      throws InvalidKeySpecException {
    if (wanted != null && key instanceof PublicKey publicKey) {
      return software().getKeySpec(publicKey, wanted);
    }
    return KeyAttributes.of(device, key, wanted);
  }

  @Override
  protected Key engineTranslateKey(@Nullable Key key) throws InvalidKeyException {
    return key instanceof PublicKey publicKey
        ? software().translateKey(publicKey)
        : KeyAttributes.requireOurs(device, key, family);
  }
}
