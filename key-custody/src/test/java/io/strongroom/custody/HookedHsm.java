package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** A real HSM in which something happens at a chosen call. */
final class HookedHsm {

  private HookedHsm() {}

  /**
   * The HSM, running {@code hook} once, at the given call of a method.
   *
   * @param where {@code before:destroy:1} or {@code after:unwrap:2}, for example; a look-up by
   *     label is {@code keyByLabel}
   */
  static Hsm wrap(Hsm hsm, String where, Runnable hook) {
    String[] parts = where.split(":");
    AtomicInteger left = new AtomicInteger(Integer.parseInt(parts[2]));
    return (Hsm)
        Proxy.newProxyInstance(
            Hsm.class.getClassLoader(),
            new Class<?>[] {Hsm.class},
            (proxy, method, arguments) -> {
              boolean here = name(method).equals(parts[1]) && left.decrementAndGet() == 0;
              if (here && parts[0].equals("before")) {
                hook.run();
              }
              Object result;
              try {
                result = method.invoke(hsm, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (here && parts[0].equals("after")) {
                hook.run();
              }
              return result;
            });
  }

  private static String name(Method method) {
    boolean byLabel =
        method.getName().equals("key") && method.getParameterTypes()[0] == String.class;
    return byLabel ? "keyByLabel" : method.getName();
  }
}
