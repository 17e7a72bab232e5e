package io.strongroom.custody;

/**
 * The steps of a rotation to imported material, in their order; at each the process can be killed.
 */
enum RotationStep {
  /** Nothing is written yet. */
  CHECKS_TOKEN("before:mac:1", State.OLD, "import token being checked"),
  WROTE_INTENT("before:unwrap:1", State.INTENT, "intent written, before the unwrap"),
  UNWRAPPED("after:unwrap:1", State.NOBODYS_KEY, "after the unwrap"),
  CHECK_VALUE("after:checkValue:1", State.NOBODYS_KEY, "check value compared"),
  FINGERPRINT("before:encrypt:2", State.NOBODYS_KEY, "fingerprint taken, before the round trip"),
  ROUND_TRIP("after:decrypt:1", State.NOBODYS_KEY, "after the round trip"),
  SHOWN_BY_TOKENS("after:at:1", State.NOBODYS_KEY, "tokens being asked to show the key"),
  TOKEN_REDEEMED("transaction:1", State.NOBODYS_KEY, "in the transaction, at its beginning"),
  ALIAS_MOVED("transaction:4", State.NOBODYS_KEY, "in the transaction, before its commit"),
  COMMITTED("before:destroy:1", State.NEW_WITH_WRAPPING_KEY, "after the commit"),
  SETTLED("after:destroy:1", State.NEW_WITH_INTENT, "wrapping key destroyed, intent not removed");

  /** What there is in store and token, as a rotation leaves it. */
  enum State {
    OLD("old key", "nothing", "none", true),
    INTENT("old key", "nothing", "1 birth", true),
    NOBODYS_KEY("old key", "the new key, nobody's", "1 birth", true),
    NEW_WITH_WRAPPING_KEY("new key", "the new key and the wrapping key", "1 doomed", false),
    NEW_WITH_INTENT("new key", "the new key", "1 doomed", false),
    NEW("new key", "the new key", "none", false);

    /** Where the alias points. */
    final String alias;

    /** What the rotation has left in the token. */
    final String token;

    /** The intents in the store. */
    final String intents;

    /** Whether the import token can be used again. */
    final boolean reusable;

    State(String alias, String token, String intents, boolean reusable) {
      this.alias = alias;
      this.token = token;
      this.intents = intents;
      this.reusable = reusable;
    }
  }

  final String where;
  final State found;
  final String text;

  RotationStep(String where, State found, String text) {
    this.where = where;
    this.found = found;
    this.text = text;
  }

  /** What the next opening makes of it. */
  State repaired() {
    return found.reusable ? State.OLD : State.NEW;
  }

  /** As the table of the documentation has it. */
  String row() {
    return "| %s | %s; %s; %s | %s; %s; import token %s |"
        .formatted(
            text,
            found.alias,
            found.token,
            found.intents,
            repaired().alias,
            repaired().token,
            repaired().reusable ? "good for another try" : "used");
  }
}
