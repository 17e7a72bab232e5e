package io.strongroom.provider.spi;

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

/** HMAC (FIPS 198-1) and AES-CMAC (SP 800-38B), in one call at {@code doFinal}. */
final class HsmMac extends MacSpi {

  private static final int CMAC_BYTES = 16;

  private final Device device;
  private final String name;
  private final MacAlgorithm algorithm;
  private final InputBuffer message = new InputBuffer();
  private @Nullable LogicalKey key;

  HsmMac(Device device, String name, MacAlgorithm algorithm) {
    this.device = device;
    this.name = name;
    this.algorithm = algorithm;
  }

  @Override
  protected int engineGetMacLength() {
    return switch (algorithm) {
      case MacAlgorithm.Hmac hmac -> hmac.digest().bytes();
      case MacAlgorithm.AesCmac _ -> CMAC_BYTES;
    };
  }

  @Override
  protected void engineInit(@Nullable Key given, @Nullable AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    key = null;
    message.clear();
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException(
          name + " has no parameters, got " + parameters.getClass().getName() + "; give none");
    }
    KeyType.Family family =
        switch (algorithm) {
          case MacAlgorithm.Hmac _ -> KeyType.Family.SECRET;
          case MacAlgorithm.AesCmac _ -> KeyType.Family.AES;
        };
    key = LogicalKey.in(device, given, family, KeyUsage.SIGN, name);
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
      return JcaExceptions.unchecked(() -> ours.with(id -> device.hsm().mac(id, algorithm, whole)));
    } finally {
      Arrays.fill(whole, (byte) 0);
    }
  }

  @Override
  protected void engineReset() {
    message.clear();
  }
}
