package io.strongroom.hsm.token;

import java.nio.file.Path;

/**
 * A token that another PKCS#11 binding in this process (SunPKCS11) may use beside the {@code Hsm}
 * that implements this. Login is a matter of the whole process (PKCS#11 v2.40 §2.6.8), so the other
 * binding is logged in whenever the {@code Hsm} is: it needs no PIN, and must not log out. Safe for
 * use by many threads.
 */
public interface SharedToken {

  /**
   * Where the token is.
   *
   * @param library the library's file, initialised already
   * @param slot the number of its slot, which may be another one after the token was lost
   */
  record Place(Path library, long slot) {}

  /** The other binding. */
  interface Guest {

    /**
     * The sessions or the login are gone, or end now: let go of everything that lived under them.
     * Called before a new login is made, with locks held: do not call back.
     *
     * @param alone true if no login stands in this process, so that logging out harms nobody
     */
    void leave(boolean alone);
  }

  /** Whether the URL lets others use the token ({@code x-delegate}). */
  boolean isShared();

  /**
   * Where the token is now. Makes sure that sessions and login stand; if they were lost, the guests
   * are asked to leave, and both are renewed.
   *
   * @throws io.strongroom.hsm.HsmException if the device does not answer or refuses the PIN
   * @throws IllegalStateException if the {@code Hsm} is closed
   */
  Place place();

  /**
   * Adds a guest, who is told when to leave and stays a guest afterwards. From now on the library
   * is not finalised in this process any more: a guest's handles outlive it (SunPKCS11 frees
   * objects and sessions when the garbage collector finds them, much later), and in a library that
   * was initialised again they would be other people's.
   */
  void admit(Guest guest);
}
