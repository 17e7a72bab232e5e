package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyType;
import java.security.InvalidKeyException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactorySpi;
import org.jspecify.annotations.Nullable;

/** The attributes of secret keys in the HSM, which are never made from a value. */
final class AttributeKeyFactory extends SecretKeyFactorySpi {

  private final Device device;
  private final KeyType.Family family;

  AttributeKeyFactory(Device device, KeyType.Family family) {
    this.device = device;
    this.family = family;
  }

  @Override
  protected SecretKey engineGenerateSecret(@Nullable KeySpec spec) throws InvalidKeySpecException {
    throw new InvalidKeySpecException(KeyAttributes.importRefusal(device, spec));
  }

  @Override
  protected KeySpec engineGetKeySpec(@Nullable SecretKey key, @Nullable Class<?> wanted)
      throws InvalidKeySpecException {
    return KeyAttributes.of(device, key, wanted == null ? null : KeyAttributes.asKeySpec(wanted));
  }

  @Override
  protected SecretKey engineTranslateKey(@Nullable SecretKey key) throws InvalidKeyException {
    return (HsmSecretKey) KeyAttributes.requireOurs(device, key, family);
  }
}
