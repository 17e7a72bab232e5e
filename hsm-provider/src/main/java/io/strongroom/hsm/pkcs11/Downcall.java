package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls through function pointers, one method for each shape of parameters in PKCS#11: {@code l} is
 * a {@code CK_ULONG}, {@code p} a pointer, {@code b} a {@code CK_BBOOL}; all return a {@code
 * CK_RV}. The handles are constants, so that the JIT compiler inlines the calls.
 */
final class Downcall {
  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle P = handle("p");
  private static final MethodHandle L = handle("l");
  private static final MethodHandle LL = handle("ll");
  private static final MethodHandle LP = handle("lp");
  private static final MethodHandle BPP = handle("bpp");
  private static final MethodHandle LPP = handle("lpp");
  private static final MethodHandle LLP = handle("llp");
  private static final MethodHandle LPL = handle("lpl");
  private static final MethodHandle LLPL = handle("llpl");
  private static final MethodHandle LPLP = handle("lplp");
  private static final MethodHandle LLPPP = handle("llppp");
  private static final MethodHandle LLPLP = handle("llplp");
  private static final MethodHandle LPLPP = handle("lplpp");
  private static final MethodHandle LPLPL = handle("lplpl");
  private static final MethodHandle LPPLP = handle("lpplp");
  private static final MethodHandle LPLPLP = handle("lplplp");
  private static final MethodHandle LPLLPP = handle("lpllpp");
  private static final MethodHandle LPPLPLPP = handle("lpplplpp");
  private static final MethodHandle LPLPLPLP = handle("lplplplp");

  private Downcall() {}

  private static MethodHandle handle(String shape) {
    MemoryLayout[] parameters =
        shape
            .chars()
            .mapToObj(c ->
                switch (c) {
                  case 'l' -> JAVA_LONG;
                  case 'b' -> JAVA_BYTE;
                  default -> ADDRESS;
                })
            .toArray(MemoryLayout[]::new);
    return LINKER.downcallHandle(FunctionDescriptor.of(JAVA_LONG, parameters));
  }

  static long p(MemorySegment function, MemorySegment a) {
    try {
      return (long) P.invokeExact(function, a);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long l(MemorySegment function, long a) {
    try {
      return (long) L.invokeExact(function, a);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long ll(MemorySegment function, long a, long b) {
    try {
      return (long) LL.invokeExact(function, a, b);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lp(MemorySegment function, long a, MemorySegment b) {
    try {
      return (long) LP.invokeExact(function, a, b);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long bpp(MemorySegment function, byte a, MemorySegment b, MemorySegment c) {
    try {
      return (long) BPP.invokeExact(function, a, b, c);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lpp(MemorySegment function, long a, MemorySegment b, MemorySegment c) {
    try {
      return (long) LPP.invokeExact(function, a, b, c);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long llp(MemorySegment function, long a, long b, MemorySegment c) {
    try {
      return (long) LLP.invokeExact(function, a, b, c);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lpl(MemorySegment function, long a, MemorySegment b, long c) {
    try {
      return (long) LPL.invokeExact(function, a, b, c);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long llpl(MemorySegment function, long a, long b, MemorySegment c, long d) {
    try {
      return (long) LLPL.invokeExact(function, a, b, c, d);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lplp(MemorySegment function, long a, MemorySegment b, long c, MemorySegment d) {
    try {
      return (long) LPLP.invokeExact(function, a, b, c, d);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long llppp(
      MemorySegment function, long a, long b, MemorySegment c, MemorySegment d, MemorySegment e) {
    try {
      return (long) LLPPP.invokeExact(function, a, b, c, d, e);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long llplp(
      MemorySegment function, long a, long b, MemorySegment c, long d, MemorySegment e) {
    try {
      return (long) LLPLP.invokeExact(function, a, b, c, d, e);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lplpp(
      MemorySegment function, long a, MemorySegment b, long c, MemorySegment d, MemorySegment e) {
    try {
      return (long) LPLPP.invokeExact(function, a, b, c, d, e);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lplpl(
      MemorySegment function, long a, MemorySegment b, long c, MemorySegment d, long e) {
    try {
      return (long) LPLPL.invokeExact(function, a, b, c, d, e);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lpplp(
      MemorySegment function, long a, MemorySegment b, MemorySegment c, long d, MemorySegment e) {
    try {
      return (long) LPPLP.invokeExact(function, a, b, c, d, e);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lplplp(
      MemorySegment function,
      long a,
      MemorySegment b,
      long c,
      MemorySegment d,
      long e,
      MemorySegment f) {
    try {
      return (long) LPLPLP.invokeExact(function, a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lpllpp(
      MemorySegment function,
      long a,
      MemorySegment b,
      long c,
      long d,
      MemorySegment e,
      MemorySegment f) {
    try {
      return (long) LPLLPP.invokeExact(function, a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lpplplpp(
      MemorySegment function,
      long a,
      MemorySegment b,
      MemorySegment c,
      long d,
      MemorySegment e,
      long f,
      MemorySegment g,
      MemorySegment h) {
    try {
      return (long) LPPLPLPP.invokeExact(function, a, b, c, d, e, f, g, h);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long lplplplp(
      MemorySegment function,
      long a,
      MemorySegment b,
      long c,
      MemorySegment d,
      long e,
      MemorySegment f,
      long g,
      MemorySegment h) {
    try {
      return (long) LPLPLPLP.invokeExact(function, a, b, c, d, e, f, g, h);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  // Linking and calling throw unchecked exceptions only; invokeExact declares Throwable.
  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
