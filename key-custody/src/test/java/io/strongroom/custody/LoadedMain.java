package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A process with four threads of load that prints each answer once it has it: {@code encrypted
 * THREAD-NUMBER}, {@code created KEY}, {@code refused THREAD-NUMBER}. It ends only when killed.
 */
final class LoadedMain {

  private LoadedMain() {}

  /** Arguments: the HSM's URL, the store's URL, a key's id. */
  public static void main(String[] args) {
    try (Hsm hsm = Hsm.open(args[0]);
        Custody custody = Custody.open(hsm, args[1], Clock.systemUTC());
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        int thread = i;
        threads.submit(() -> load(custody.as("thread-" + thread), args[2], thread));
      }
    }
  }

  private static Void load(KeyService keys, String key, int thread) {
    for (int i = 0; true; i++) {
      String number = thread + "-" + i;
      keys.encrypt(key, new byte[16], Map.of("number", number));
      System.out.println("encrypted " + number);
      if (thread == 0) {
        System.out.println("created " + keys.createKey(KeyRequest.generated()).keyId());
      }
      try {
        keys.decrypt(new byte[] {1}, Map.of());
      } catch (CustodyException.BadInput e) {
        System.out.println("refused " + number);
      }
    }
  }
}
