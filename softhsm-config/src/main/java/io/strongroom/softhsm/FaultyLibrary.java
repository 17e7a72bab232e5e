package io.strongroom.softhsm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A PKCS#11 library that passes every call on to a real one, unless a {@link Fault} is due: what
 * tests of recovery stand on. It is a C program, compiled with {@code gcc} when a JVM makes its
 * first; it can be used by several processes, this one or others, and all of them see the same
 * faults.
 *
 * <p>The faults are a list. A call goes through it from the top: each fault of its function counts
 * the call, each that is due takes effect, and the first that is due and has an answer ends the
 * walk — so {@code set(on("C_Sign").returns(A), on("C_Sign").returns(B))} gives A, then B.
 *
 * <p>{@code *} counts every function, C_GetFunctionList and C_Initialize too. Slot and object
 * numbers are the real library's until a fault changes them; object handles inside the parameters
 * of a mechanism are passed on as they are. Safe for use by many threads; of two that set faults at
 * once one wins.
 */
public final class FaultyLibrary implements AutoCloseable {
  private final Path dir;
  private final Path library;
  private final FaultControl control;
  private final SoftHsmToken token;

  private FaultyLibrary(Path dir, Path library, FaultControl control, SoftHsmToken token) {
    this.dir = dir;
    this.library = library;
    this.control = control;
    this.token = token;
  }

  /**
   * A faulty library over the one that a token is used with, without a fault at first.
   *
   * @throws SoftHsmException if there is no C compiler, or the library cannot be made
   */
  public static FaultyLibrary over(SoftHsmToken token) {
    try {
      Path dir = Files.createTempDirectory("strongroom-faults-");
      boolean done = false;
      try {
        Path library = FaultCompiler.write(dir);
        Path file = dir.resolve(library.getFileName() + ".control");
        FaultControl control = FaultControl.create(file, token.library().toRealPath());
        done = true;
        return new FaultyLibrary(dir, library, control, token);
      } finally {
        if (!done) {
          TokenFiles.deleteTree(dir);
        }
      }
    } catch (IOException e) {
      throw new SoftHsmException("cannot make a faulty library over " + token + ": " + e, e);
    }
  }

  /** The library's file, absolute: a {@code module-path}. */
  public Path library() {
    return library;
  }

  /** The {@code pkcs11:} URL that opens the token, as its user, through this library. */
  public String url() {
    return token.url(library);
  }

  /**
   * Puts these faults in place of those before; calls are counted for them from now on. Calls that
   * hang are not released, and a token that was removed stays away.
   *
   * @param faults 32 at most; none is as {@link #clear}
   * @throws IllegalArgumentException if there are more, or one does nothing
   */
  public void set(Fault... faults) {
    if (faults.length > FaultControl.MAX_FAULTS) {
      throw new IllegalArgumentException(
          "a list has " + FaultControl.MAX_FAULTS + " faults at most, not " + faults.length);
    }
    control.set(Arrays.stream(faults).map(Fault::parts).toList());
  }

  /** Takes all faults away, releases calls that hang, puts the token back, repairs the library. */
  public void clear() {
    control.set(List.of());
    release();
    control.returnToken(0);
    control.repair();
  }

  /**
   * How often a function was called since this library was made, by all its users.
   *
   * @param function its name in the standard, {@code C_Sign}
   * @throws IllegalArgumentException if PKCS#11 v2.40 has no such function
   */
  public long calls(String function) {
    return control.calls(Names.function(function));
  }

  /** How many calls of all functions there were since this library was made. */
  public long calls() {
    return IntStream.range(0, Names.FUNCTIONS.size()).mapToLong(control::calls).sum();
  }

  /** How many calls each fault of the present list has hit, in the list's order. */
  public List<Long> fired() {
    return IntStream.range(0, control.faults()).mapToObj(control::fired).toList();
  }

  /** How many calls hang now; those of a process that was killed stay in it. */
  public long hanging() {
    return control.hanging();
  }

  /** Lets calls that hang go on; what hangs later does again. */
  public void release() {
    control.release();
  }

  /** Puts a token back that a fault has removed, in the slot where it was. */
  public void returnToken() {
    control.returnToken(0);
  }

  /**
   * Takes all faults away, releases calls that hang, and deletes the library's files. A process
   * that has loaded it can go on using it. Idempotent.
   *
   * @throws SoftHsmException if a file cannot be deleted
   */
  @Override
  public void close() {
    clear();
    try {
      TokenFiles.deleteTree(dir);
    } catch (IOException e) {
      throw new SoftHsmException("cannot delete " + dir + ": " + e, e);
    }
  }

  @Override
  public String toString() {
    return "faulty library " + library + " over " + token;
  }
}
