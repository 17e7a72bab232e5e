package io.strongroom.places;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.SignatureAlgorithm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A real HSM whose calls are written down on their way: what was done in the device. */
final class Recorded {

  private final Queue<Signed> signed = new ConcurrentLinkedQueue<>();
  private final Queue<String> calls = new ConcurrentLinkedQueue<>();
  private final Hsm hsm;

  Recorded(Hsm real) {
    this.hsm =
        (Hsm)
            Proxy.newProxyInstance(
                Hsm.class.getClassLoader(),
                new Class<?>[] {Hsm.class},
                (proxy, method, arguments) -> {
                  calls.add(method.getName());
                  try {
                    Object result = method.invoke(real, arguments);
                    if (method.getName().equals("sign")) {
                      signed.add(
                          new Signed(
                              (SignatureAlgorithm) arguments[1], ((byte[]) arguments[2]).length));
                    }
                    return result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  /** One signature that the device made. */
  record Signed(SignatureAlgorithm algorithm, int inputBytes) {}

  Hsm hsm() {
    return hsm;
  }

  /** The signatures since the last call. */
  List<Signed> signatures() {
    return drain(signed);
  }

  /** The names of the methods called since the last call. */
  List<String> calls() {
    return drain(calls);
  }

  private static <T> List<T> drain(Queue<T> queue) {
    List<T> all = List.copyOf(queue);
    queue.clear();
    return all;
  }
}
