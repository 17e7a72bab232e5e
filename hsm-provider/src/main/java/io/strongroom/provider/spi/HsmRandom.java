package io.strongroom.provider.spi;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.SecureRandomSpi;

/** The device's random source. It seeds itself: {@code setSeed} is accepted and has no effect. */
final class HsmRandom extends SecureRandomSpi {

  private static final long serialVersionUID = 1L;
  private static final int MAX_CALL_BYTES = 65_536;

  private final transient Device device;

  HsmRandom(Device device) {
    this.device = device;
  }

  @Override
  protected void engineSetSeed(byte[] seed) {
    // PKCS#11 lets a device refuse seeds, and a cluster has no one device to seed.
  }

  @Override
  protected void engineNextBytes(byte[] bytes) {
    int done = 0;
    while (done < bytes.length) {
      int part = Math.min(MAX_CALL_BYTES, bytes.length - done);
      byte[] drawn = JcaExceptions.unchecked(() -> device.hsm().random(part));
      System.arraycopy(drawn, 0, bytes, done, part);
      done += part;
    }
  }

  @Override
  protected byte[] engineGenerateSeed(int length) {
    byte[] seed = new byte[length];
    engineNextBytes(seed);
    return seed;
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("the random source is an HSM; get another where needed");
  }
}
