package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import java.security.InvalidKeyException;
import java.security.Key;
import org.jspecify.annotations.Nullable;

/** HMAC (FIPS 198-1) and AES-CMAC (SP 800-38B), in one call at {@code doFinal}. */
final class HsmMac extends BufferedMac {

  private static final int CMAC_BYTES = 16;

  private final Device device;
  private final String name;
  private final MacAlgorithm algorithm;
  private @Nullable LogicalKey key;

  HsmMac(Device device, String name, MacAlgorithm algorithm) {
    super(name);
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
  void clear() {
    key = null;
  }

  @Override
  void start(@Nullable Key given) throws InvalidKeyException {
    KeyType.Family family =
        switch (algorithm) {
          case MacAlgorithm.Hmac _ -> KeyType.Family.SECRET;
          case MacAlgorithm.AesCmac _ -> KeyType.Family.AES;
        };
    key = LogicalKey.in(device, given, family, KeyUsage.SIGN, name);
  }

  @Override
  byte[] process(byte[] whole) {
    LogicalKey ours = key;
    if (ours == null) {
      throw noKey();
    }
    return JcaExceptions.unchecked(() -> ours.with(id -> device.hsm().mac(id, algorithm, whole)));
  }
}
