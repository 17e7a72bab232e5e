package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.secret.Secret;

/** Refuses key material that was evidently not drawn at random. */
final class Strength {

  /**
   * 32 random bytes have 30 different values on average, and fewer than this once in 10¹⁴ times.
   */
  private static final int MIN_DIFFERENT = 17;

  private Strength() {}

  /**
   * Makes sure that 32 bytes may have been drawn at random.
   *
   * @param what what they are, for the message
   * @throws CustodyException.BadInput if they are zero, have few different values, or each is the
   *     one before plus the same number
   */
  static void require(String what, Secret bytes) {
    if (bytes.isZero()) {
      throw rejected("%s is all zero; draw a random one".formatted(what));
    }
    if (differentValues(bytes) < MIN_DIFFERENT || isSequence(bytes)) {
      throw rejected("%s is no random value but a pattern; draw a random one".formatted(what));
    }
  }

  private static int differentValues(Secret bytes) {
    int different = 0;
    for (int i = 0; i < bytes.size(); i++) {
      int seenBefore = 0;
      for (int j = 0; j < i; j++) {
        int difference = bytes.at(i) ^ bytes.at(j);
        seenBefore |= (difference - 1) >>> 31;
      }
      different += 1 - seenBefore;
    }
    return different;
  }

  private static boolean isSequence(Secret bytes) {
    int step = bytes.at(1) - bytes.at(0);
    int any = 0;
    for (int i = 1; i < bytes.size(); i++) {
      any |= (bytes.at(i) - bytes.at(i - 1) - step) & 0xff;
    }
    return any == 0;
  }

  private static CustodyException rejected(String message) {
    return new CustodyException.BadInput(Reason.COMPONENT, message);
  }
}
