package io.strongroom.cli.ceremony;

import io.strongroom.custody.ceremony.CeremonyRecord;
import io.strongroom.custody.ceremony.MaterialWrapping;
import io.strongroom.custody.secret.Secret;

/** Where the key goes that custodians have put together. */
public interface Destination {

  /** What became of the key, for the record. */
  String outcome();

  /**
   * Wraps the key, wipes it, hands the wrapped form over, and writes down what it did.
   *
   * @param checkValue the key's
   */
  void deliver(MaterialWrapping wrapping, Secret key, String checkValue, CeremonyRecord record);
}
