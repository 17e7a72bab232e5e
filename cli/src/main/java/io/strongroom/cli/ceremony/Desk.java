package io.strongroom.cli.ceremony;

import io.strongroom.custody.secret.Secret;

/** Where custodians enter what they have. For one thread. */
public interface Desk extends AutoCloseable {

  /** Whether people are there, who read and can try again. */
  boolean attended();

  /** Tells those who are there something that is no secret. */
  void say(String... lines);

  /** Leaves nothing to be seen of what was shown before. */
  void clear();

  /**
   * Asks for something secret; it is not shown.
   *
   * @return a view that is good until the next question
   */
  Secret hidden(String prompt);

  /**
   * Asks for a short text that is no secret.
   *
   * @throws io.strongroom.custody.CustodyException.BadInput if it is so long that it may be a
   *     secret in the wrong place
   */
  String visible(String prompt);

  /** Forgets what was entered last. */
  void forget();

  @Override
  void close();
}
