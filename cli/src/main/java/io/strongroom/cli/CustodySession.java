package io.strongroom.cli;

import io.strongroom.custody.Custody;
import io.strongroom.custody.KeyService;
import io.strongroom.hsm.Hsm;

/** Custody and its HSM, open for the length of one command. */
record CustodySession(Hsm hsm, Custody custody, String principal) implements AutoCloseable {

  /** Custody as the command's principal sees it. */
  KeyService keys() {
    return custody.as(principal);
  }

  @Override
  public void close() {
    try (hsm) {
      custody.close();
    }
  }
}
