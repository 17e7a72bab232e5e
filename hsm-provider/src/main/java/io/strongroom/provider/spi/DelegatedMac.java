package io.strongroom.provider.spi;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.ProviderException;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/** A MAC by SunPKCS11, in one go at {@code doFinal}. */
final class DelegatedMac extends BufferedMac {

  private final Delegation delegation;
  private final String algorithm;
  private final int bytes;
  private @Nullable DelegatedKey key;

  DelegatedMac(Delegation delegation, String algorithm, int bytes) {
    super(algorithm);
    this.delegation = delegation;
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  @Override
  protected int engineGetMacLength() {
    return bytes;
  }

  @Override
  void clear() {
    key = null;
  }

  @Override
  void start(@Nullable Key given) throws InvalidKeyException {
    key = DelegatedKey.in(delegation, given, algorithm);
  }

  @Override
  byte[] process(byte[] whole) {
    DelegatedKey ours = key;
    if (ours == null) {
      throw noKey();
    }
    try {
      return ours.use((provider, there) -> {
        Mac mac = Mac.getInstance(algorithm, provider);
        mac.init(there);
        return mac.doFinal(whole);
      });
    } catch (GeneralSecurityException e) {
      throw new ProviderException(e.getMessage(), e);
    }
  }
}
