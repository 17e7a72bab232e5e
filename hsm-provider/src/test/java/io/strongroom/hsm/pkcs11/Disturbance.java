package io.strongroom.hsm.pkcs11;

/** What another user of the library in this process can do to everybody's sessions. */
public enum Disturbance {
  ALL_SESSIONS_CLOSED,
  LOGGED_OUT,
  LIBRARY_FINALISED;

  /** Does it to the token of a URL. */
  public void happenTo(String url) {
    Pkcs11Uri uri = Pkcs11Uri.parse(url);
    try (Library other = Library.open(uri.modulePath(), uri.environment())) {
      TokenSlot slot = TokenSlot.find(other, uri);
      switch (this) {
        case ALL_SESSIONS_CLOSED -> other.functions().closeAllSessions(slot.id());
        case LIBRARY_FINALISED -> other.functions().terminate();
        case LOGGED_OUT -> {
          Generation generation = new Generation(other.functions(), slot, (_, _, _) -> {});
          generation.logout();
          generation.close();
        }
      }
    }
  }
}
