package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An HSM that says where it is and stops there, for the process to be killed. */
final class StoppingHsm {

  /** What a process prints when it has come to where it is to be killed. */
  static final String STOPPED = "stopped";

  private StoppingHsm() {}

  /**
   * The HSM, stopping at the given call of a method.
   *
   * @param where {@code before:destroy:1} or {@code after:unwrap:2}, for example
   */
  static Hsm wrap(Hsm hsm, String where) {
    String[] parts = where.split(":");
    AtomicInteger left = new AtomicInteger(Integer.parseInt(parts[2]));
    return (Hsm)
        Proxy.newProxyInstance(
            Hsm.class.getClassLoader(),
            new Class<?>[] {Hsm.class},
            (proxy, method, arguments) -> {
              boolean here = method.getName().equals(parts[1]) && left.decrementAndGet() == 0;
              if (here && parts[0].equals("before")) {
                stop();
              }
              try {
                return method.invoke(hsm, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                if (here) {
                  stop();
                }
              }
            });
  }

  private static void stop() {
    System.out.println(STOPPED);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
