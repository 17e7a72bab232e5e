package io.strongroom.softhsm;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * The first class of a {@link TokenProcess}: runs the given one, and ends the process at the end of
 * standard input, which comes when the process that started this one is gone.
 */
final class TokenProcessMain {
  private TokenProcessMain() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    Thread.ofPlatform().daemon().name("parent-watch").start(TokenProcessMain::haltWithParent);
    Method main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void haltWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is sent this way; only its end matters.
      }
    } catch (IOException e) {
      System.err.println("standard input failed: " + e.getMessage());
    }
    Runtime.getRuntime().halt(1);
  }
}
