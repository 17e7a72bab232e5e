package io.strongroom.provider.spi;

import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Set;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKeyFactory;

/**
 * How the JDK came to make an engine. The JCA does not tell an engine whether its caller named this
 * provider or took the first in the list, but those that work without a key of ours have to know:
 * the JDK's own TLS asks the list for ephemeral keys and ticket keys, and those belong in software
 * even where Strongroom is the first provider. The JDK's calls on the stack are the only place that
 * says it.
 */
final class AskedBy {

  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final int JDK_FRAMES = 12;
  // It has no option for the provider of a secret key (-genseckey), and who starts it with a key
  // store HSM wants the key there: such a store takes no key in software.
  private static final String KEYTOOL = "sun.security.tools.keytool.Main";
  private static final Set<Class<?>> FRONTS =
      Set.of(KeyGenerator.class, KeyPairGenerator.class, SecretKeyFactory.class);

  private AskedBy() {}

  /** True while the JDK goes through its list of providers for such an engine. */
  static boolean list() {
    List<StackWalker.StackFrame> frames = WALKER.walk(stack -> stack.limit(JDK_FRAMES).toList());
    return frames.stream().anyMatch(AskedBy::isListLookup)
        && frames.stream().noneMatch(frame -> frame.getClassName().equals(KEYTOOL));
  }

  private static boolean isListLookup(StackWalker.StackFrame frame) {
    return switch (frame.getMethodName()) {
      case "getInstance" ->
          FRONTS.contains(frame.getDeclaringClass()) && frame.getMethodType().parameterCount() == 1;
      // The next in the list, after one refused the parameters.
      case "nextSpi" -> isFront(frame.getDeclaringClass());
      default -> false;
    };
  }

  private static boolean isFront(Class<?> type) {
    return FRONTS.contains(type) || FRONTS.contains(type.getEnclosingClass());
  }
}
