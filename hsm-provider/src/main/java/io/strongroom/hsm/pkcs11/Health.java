package io.strongroom.hsm.pkcs11;

import java.util.function.Consumer;

/**
 * Tells a device that fails from input that does not verify, where the device answers both alike.
 * Probes in a session of its own, since the one that failed may have an operation open.
 */
final class Health {
  private static final int PROBE_BYTES = 16;

  private Health() {}

  /** Whether the device still works: login, random source. */
  static boolean isGood(Session failed) {
    return works(failed, _ -> {});
  }

  /** Whether the device and this AES key still work, for a key that may decrypt. */
  static boolean canDecrypt(Session failed, long aesKey, Capabilities capabilities) {
    return works(
        failed,
        probe -> {
          if (capabilities.has(Ckm.CKM_AES_ECB, "decrypt")) {
            probe.decrypt(
                NativeMechanism.plain(probe.memory(), Ckm.CKM_AES_ECB),
                aesKey,
                new byte[PROBE_BYTES],
                2 * PROBE_BYTES);
          }
        });
  }

  private static boolean works(Session failed, Consumer<Session> more) {
    Generation generation = failed.generation();
    try {
      Session probe = generation.take();
      try {
        generation.requireLogin(probe);
        probe.functions().generateRandom(probe.handle(), probe.memory().allocate(PROBE_BYTES, 1));
        more.accept(probe);
        return true;
      } finally {
        probe.close();
      }
    } catch (CkException _) {
      return false;
    }
  }
}
