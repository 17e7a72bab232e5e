package io.strongroom.cli.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.ceremony.CheckValues;
import io.strongroom.custody.ceremony.MaterialWrapping;
import io.strongroom.custody.secret.LibCrypto;
import io.strongroom.custody.secret.ProcessGuard;
import io.strongroom.custody.secret.SecretMemory;
import java.nio.file.Path;

/** The process that a ceremony is held in, guarded, with memory for its secrets. */
public final class Room implements AutoCloseable {

  private final ProcessGuard guard;
  private final LibCrypto crypto;
  private final SecretMemory memory;
  private final CheckValues checkValues;

  private Room(ProcessGuard guard, LibCrypto crypto, SecretMemory memory) {
    this.guard = guard;
    this.crypto = crypto;
    this.memory = memory;
    this.checkValues = new CheckValues(crypto, memory);
  }

  /**
   * Guards the process and allocates memory.
   *
   * @param allowUnlocked to go on where that memory may be swapped out
   * @throws CustodyException.Refused if it may, and that is not allowed
   * @throws CustodyException.Unavailable if this is not Linux, or there is no libcrypto
   */
  public static Room open(boolean allowUnlocked) {
    ProcessGuard guard = ProcessGuard.guard();
    String library = System.getenv(LibCrypto.LIBRARY_VARIABLE);
    LibCrypto crypto = LibCrypto.load(library == null ? null : Path.of(library));
    SecretMemory memory = SecretMemory.allocate();
    if (!memory.locked() && !guard.allLocked() && !allowUnlocked) {
      memory.close();
      throw new CustodyException.Refused(
          Reason.UNPROTECTED,
          "the system does not let this process lock 16 KiB of memory (ulimit -l), so secrets might"
              + " be written to the swap space; raise the limit, or turn swapping off and give"
              + " --allow-unlocked-memory");
    }
    return new Room(guard, crypto, memory);
  }

  /** Memory for secrets. */
  public SecretMemory memory() {
    return memory;
  }

  /** Computes check values. */
  public CheckValues checkValues() {
    return checkValues;
  }

  /** Wraps material. */
  public MaterialWrapping wrapping() {
    return new MaterialWrapping(crypto);
  }

  /** How secrets are protected, for the record. */
  public String protection() {
    String locked =
        guard.allLocked()
            ? "all memory locked"
            : memory.locked() ? "memory of secrets locked" : "memory not locked";
    return locked + (guard.undumpable() ? ", no core files" : ", core files possible");
  }

  @Override
  public void close() {
    memory.close();
  }
}
