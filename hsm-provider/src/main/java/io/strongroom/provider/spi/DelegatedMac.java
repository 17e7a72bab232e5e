package io.strongroom.provider.spi;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import org.jspecify.annotations.Nullable;

/** A MAC by SunPKCS11, in one go at {@code doFinal}. */
final class DelegatedMac extends MacSpi {

  private final Delegation delegation;
  private final String algorithm;
  private final int bytes;
  private final InputBuffer message = new InputBuffer();
  private @Nullable DelegatedKey key;

  DelegatedMac(Delegation delegation, String algorithm, int bytes) {
    this.delegation = delegation;
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  @Override
  protected int engineGetMacLength() {
    return bytes;
  }

  @Override
  protected void engineInit(@Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    message.clear();
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException(algorithm + " has no parameters; give none");
    }
    key = DelegatedKey.in(delegation, given, algorithm);
  }

  @Override
  protected void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    message.append(input, offset, length);
  }

  @Override
  protected byte[] engineDoFinal() {
    DelegatedKey ours = key;
    if (ours == null) {
      throw new IllegalStateException("the MAC has no key; call init");
    }
    byte[] whole = message.toArray();
    message.clear();
    try {
      return ours.use((provider, there) -> {
        Mac mac = Mac.getInstance(algorithm, provider);
        mac.init(there);
        return mac.doFinal(whole);
      });
    } catch (GeneralSecurityException e) {
      throw new ProviderException(e.getMessage(), e);
    } finally {
      Arrays.fill(whole, (byte) 0);
    }
  }

  @Override
  protected void engineReset() {
    message.clear();
  }
}
