package io.strongroom.provider.spi;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.SecretKeyFactorySpi;
import org.jspecify.annotations.Nullable;

/** Brings secret keys that a caller has in clear into the device, by SunPKCS11; none comes out. */
final class DelegatedSecretKeyFactory extends SecretKeyFactorySpi {

  private final Delegation delegation;
  private final String algorithm;

  DelegatedSecretKeyFactory(Delegation delegation, String algorithm) {
    this.delegation = delegation;
    this.algorithm = algorithm;
  }

  @Override
  protected SecretKey engineGenerateSecret(@Nullable KeySpec spec) throws InvalidKeySpecException {
    try {
      return delegation.run(current ->
          new DelegatedKey.Secret(
              delegation,
              current,
              SecretKeyFactory.getInstance(algorithm, current.provider()).generateSecret(spec)));
    } catch (InvalidKeySpecException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new InvalidKeySpecException(e.getMessage(), e);
    }
  }

  @Override
  protected KeySpec engineGetKeySpec(@Nullable SecretKey key, @Nullable Class<?> type)
      throws InvalidKeySpecException {
    throw new InvalidKeySpecException("keys do not leave the HSM, so there is no KeySpec of one");
  }

  @Override
  protected SecretKey engineTranslateKey(@Nullable SecretKey key) throws InvalidKeyException {
    if (key instanceof DelegatedKey.Secret) {
      DelegatedKey.in(delegation, key, algorithm);
      return key;
    }
    try {
      return delegation.run(current ->
          new DelegatedKey.Secret(
              delegation,
              current,
              SecretKeyFactory.getInstance(algorithm, current.provider()).translateKey(key)));
    } catch (InvalidKeyException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException(e.getMessage(), e);
    }
  }
}
