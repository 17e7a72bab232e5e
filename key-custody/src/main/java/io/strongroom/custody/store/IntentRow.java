package io.strongroom.custody.store;

/** A row of {@code hsm_intent}. */
public record IntentRow(String hsmKeyId, String label, Kind kind, String owner, long sinceMs) {

  /** Why nothing else accounts for the key. */
  public enum Kind {
    /** It is being made; it stays if its owner finishes. */
    BIRTH,
    /** It is to be destroyed, whoever gets to it. */
    DOOMED
  }
}
