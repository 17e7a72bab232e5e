package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyInfo;
import javax.crypto.SecretKey;

/** A secret key in the HSM. */
final class HsmSecretKey extends LogicalKey implements SecretKey {

  private static final long serialVersionUID = 1L;

  HsmSecretKey(Device device, KeyInfo info, String algorithm) {
    super(device, info, algorithm);
  }
}
