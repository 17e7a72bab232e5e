package io.strongroom.integration.history;

/**
 * A promise that was broken.
 *
 * @param kind which
 * @param what of which key and where
 */
record Violation(Kind kind, String what) {

  /** The promises, by what breaks them. */
  enum Kind {
    /** A key was acknowledged before its quorum had it on the disk. */
    BELOW_QUORUM,
    /** A key that was acknowledged, and never destroyed, is not whole at a node. */
    LOST,
    /** A key that was destroyed is still, or again, at a node. */
    RETURNED,
    /** A call that was refused has left something. */
    REMAINS,
    /** A call with an unknown outcome has neither happened nor not happened everywhere. */
    HALF_DONE,
    /** Two live keys were acknowledged with one label. */
    LABEL_TWICE,
    /** One id means different keys at different nodes, or another key than was imported. */
    ID_TWICE,
    /** A token has two objects where one is right. */
    DUPLICATE,
    /** A node has a key that nobody asked for. */
    STRAY,
    /** A node does not decrypt what was encrypted with the key before. */
    UNREADABLE,
    /** An answer was wrong. */
    WRONG_ANSWER,
    /** A key that exists was said not to. */
    DENIED,
    /** A key could not be used though a node that holds it could be reached all the time. */
    NOT_SERVED
  }
}
