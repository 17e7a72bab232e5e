package io.strongroom.provider.spi;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.MacSpi;
import org.jspecify.annotations.Nullable;

/** HMAC (FIPS 198-1), in one call at {@code doFinal}. */
final class HmacMac extends MacSpi {

  private final Device device;
  private final Digest digest;
  private final InputBuffer message = new InputBuffer();
  private @Nullable LogicalKey key;

  HmacMac(Device device, Digest digest) {
    this.device = device;
    this.digest = digest;
  }

  @Override
  protected int engineGetMacLength() {
    return digest.bytes();
  }

  @Override
  protected void engineInit(@Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    message.clear();
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException("HMAC has no parameters; give none");
    }
    key =
        LogicalKey.in(
            device, given, KeyType.Family.SECRET, KeyUsage.SIGN, "HMAC over " + digest.jcaName());
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
    LogicalKey ours = key;
    if (ours == null) {
      throw new IllegalStateException("the MAC has no key; call init");
    }
    byte[] whole = message.toArray();
    message.clear();
    try {
      return JcaExceptions.unchecked(
          () -> device.hsm().mac(ours.id(), new MacAlgorithm.Hmac(digest), whole));
    } finally {
      Arrays.fill(whole, (byte) 0);
    }
  }

  @Override
  protected void engineReset() {
    message.clear();
  }
}
