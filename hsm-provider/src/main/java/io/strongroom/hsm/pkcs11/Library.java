package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.token.SharedToken.Guest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * A PKCS#11 library that is loaded and initialised, shared by all who opened the same file; the
 * last one to close it finalises it, unless somebody else in the process had initialised it first.
 * Safe for use by many threads.
 */
final class Library implements AutoCloseable {

  /**
   * Initialisation belongs to the process, so its bookkeeping does too; a file stays loaded for
   * good, since libraries seldom survive being unloaded.
   */
  private static final Map<Path, Library> OPEN = new HashMap<>();

  private final Path file;
  private final NativeEnvironment environment;
  private volatile Cryptoki functions;
  private boolean initialisedHere;
  private int users = 1;
  private boolean kept;
  private final List<Guest> guests = new CopyOnWriteArrayList<>();
  private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock();

  private Library(Path file, NativeEnvironment environment, Cryptoki functions) {
    this.file = file;
    this.environment = environment;
    this.functions = functions;
    this.initialisedHere = initialise(functions, environment);
  }

  /**
   * Loads and initialises a library.
   *
   * @param environment what it is started with
   * @throws HsmException.DeviceUnavailable if there is no such library or it does not start
   * @throws HsmException.BadInput if it is in use already with another environment
   */
  static Library open(Path path, NativeEnvironment environment) {
    refuseWindows();
    Path file = canonical(path);
    synchronized (OPEN) {
      Library present = OPEN.get(file);
      if (present != null) {
        present.share(environment);
        return present;
      }
      environment.set();
      Library library = new Library(file, environment, load(file));
      OPEN.put(file, library);
      return library;
    }
  }

  /** The functions, as of the last time that the library was initialised. */
  Cryptoki functions() {
    return functions;
  }

  /** Does something with the library, which is not finalised by us meanwhile. */
  <T> T calling(Supplier<T> work) {
    calls.readLock().lock();
    try {
      return work.get();
    } finally {
      calls.readLock().unlock();
    }
  }

  /**
   * Initialises the library again if somebody else in the process has finalised it meanwhile.
   *
   * @throws HsmException.DeviceUnavailable if it does not start
   */
  void restart() {
    synchronized (OPEN) {
      environment.set();
      if (initialise(functions, environment)) {
        functions = functions.renewed();
        initialisedHere = true;
        tellGuests();
      }
    }
  }

  /**
   * Finalises the library and initialises it again, which some need after their device was reset.
   * All who use it lose their sessions. Does nothing if that was done since these functions were
   * good, if the library belongs to somebody else in the process, or if a call does not end.
   *
   * @param broken the functions that fail
   * @param patience how long to wait for calls that are under way
   * @throws HsmException.DeviceUnavailable if it does not start
   */
  void reinitialise(Cryptoki broken, Duration patience) {
    if (!lockOut(patience)) {
      return;
    }
    try {
      synchronized (OPEN) {
        if (functions == broken && initialisedHere) {
          tellGuests();
          functions.terminate();
          restart();
        }
      }
    } finally {
      calls.writeLock().unlock();
    }
  }

  private boolean lockOut(Duration patience) {
    try {
      return calls.writeLock().tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Where it is. */
  Path file() {
    return file;
  }

  /**
   * Leaves it initialised for good, for a guest whose handles outlive its users; when it has to be
   * initialised again all the same, the guest is told.
   */
  void keepFor(Guest guest) {
    synchronized (OPEN) {
      kept = true;
      guests.add(guest);
    }
  }

  /** The guest has left. */
  void forget(Guest guest) {
    guests.remove(guest);
  }

  // Others may be logged in by now, so nobody logs out.
  private void tellGuests() {
    guests.forEach(guest -> guest.leave(false));
  }

  /** Whether closing it once more would end it, were it not kept. */
  boolean hasLastUser() {
    synchronized (OPEN) {
      return users == 1 && initialisedHere;
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      users--;
      if (users == 0 && !kept) {
        OPEN.remove(file);
        if (initialisedHere) {
          functions.terminate();
        }
      }
    }
  }

  private void share(NativeEnvironment wanted) {
    if (!wanted.equals(environment)) {
      throw new HsmException.BadInput(
          "library "
              + file
              + (users == 0 ? " was used by SunPKCS11" : " is in use")
              + " in this process with another x-env or x-init; a library is started once:"
              + " use the same ones, another process, or a copy of the file");
    }
    if (users == 0) {
      restart();
    }
    users++;
  }

  private static void refuseWindows() {
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
      throw new HsmException.DeviceUnavailable(
          "pkcs11: is not supported on Windows yet, where structures are packed differently; use"
              + " Linux or macOS, or reach the token through a cluster: URL");
    }
  }

  private static Path canonical(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new HsmException.DeviceUnavailable(
          "there is no PKCS#11 library at " + path + "; check module-path", e);
    }
  }

  private static Cryptoki load(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new HsmException.DeviceUnavailable(
          file + " is no file; module-path names the PKCS#11 library itself");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment getFunctionList =
          SymbolLookup.libraryLookup(file, Arena.global()).findOrThrow("C_GetFunctionList");
      MemorySegment list = arena.allocate(ADDRESS);
      long answer = Downcall.p(getFunctionList, list);
      if (answer != 0) {
        throw ReturnCode.exception(new CkException("C_GetFunctionList", answer), "library " + file);
      }
      return new Cryptoki(list.get(ADDRESS, 0));
    } catch (IllegalArgumentException | NoSuchElementException e) {
      throw new HsmException.DeviceUnavailable(
          file
              + " cannot be loaded as a PKCS#11 library; check that it is one, for this machine's"
              + " architecture, and that what it needs is installed (ldd)",
          e);
    }
  }

  private static boolean initialise(Cryptoki functions, NativeEnvironment environment) {
    try (Arena arena = Arena.ofConfined()) {
      long answer = functions.initialize(environment.arguments(arena));
      if (ReturnCode.of(answer) == ReturnCode.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        return false;
      }
      if (answer != 0) {
        throw refusal(new CkException("C_Initialize", answer), environment);
      }
      return true;
    }
  }

  private static HsmException refusal(CkException e, NativeEnvironment environment) {
    return ReturnCode.exception(
        e,
        environment.initialisation() == null
            ? "PKCS#11 library (some want x-init, NSS for one)"
            : "PKCS#11 library with this x-init");
  }
}
