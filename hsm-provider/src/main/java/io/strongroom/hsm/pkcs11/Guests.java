package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.token.SharedToken.Guest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The other bindings that use the token beside one pool. Safe for use by many threads. */
final class Guests {
  private final Library library;
  private final List<Guest> guests = new CopyOnWriteArrayList<>();

  Guests(Library library) {
    this.library = library;
  }

  /** Adds one; its library stays initialised from now on. */
  void admit(Guest guest) {
    library.keepFor(guest);
    guests.add(guest);
  }

  /** Sends them away after a generation was lost, before there is a new one. */
  void leave(Generation lost) {
    if (!guests.isEmpty()) {
      boolean alone = !lost.isLoginHeld();
      guests.forEach(guest -> guest.leave(alone));
    }
  }

  /**
   * Sends them away for good. Where finalising the library would have ended their sessions, and
   * with them the login, closing all sessions does.
   */
  void end(Generation last) {
    if (!guests.isEmpty()) {
      if (library.hasLastUser()) {
        library.functions().closeAllSessions(last.slot().id());
      }
      leave(last);
      guests.forEach(library::forget);
      guests.clear();
    }
  }
}
