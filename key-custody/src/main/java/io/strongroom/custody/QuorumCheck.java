package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * Has every token that says it holds a key show that it does, by using the key there: more than
 * half of all tokens must, and none may show another key. One node that works proves nothing of the
 * others.
 */
final class QuorumCheck {

  /**
   * What is wanted of each token.
   *
   * @param key the key
   * @param kcv its check value
   * @param knownAnswer uses the key at one token, as it will be used, and gives something that is
   *     the same wherever the key is
   */
  record Proof(KeyId key, String kcv, Function<Hsm, String> knownAnswer) {}

  /**
   * What the tokens have shown.
   *
   * @param kcv the key's check value
   * @param tokens those that hold the key
   */
  record Shown(String kcv, List<String> tokens) {}

  private QuorumCheck() {}

  /**
   * Checks all tokens.
   *
   * @throws CustodyException.Unavailable if a token shows another key, or too few show this one
   */
  static Shown verify(Hsm hsm, Proof proof) {
    List<String> all = hsm.locations();
    List<String> shown = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (String location : hsm.key(proof.key()).locations()) {
      try {
        answers.add(answer(hsm.at(location), location, proof));
        shown.add(location);
      } catch (HsmException.DeviceUnavailable
          | HsmException.DeadlineExceeded
          | HsmException.Throttled
          | HsmException.KeyNotFound e) {
        reasons.add(location + ": " + e.text());
      }
    }
    if (answers.stream().distinct().count() > 1) {
      throw new CustodyException.Unavailable(
          Reason.NO_QUORUM,
          "the tokens %s do not hold the same key %s under one name; nothing was moved; have the cluster examined with cluster status"
              .formatted(shown, proof.key()));
    }
    int quorum = all.size() / 2 + 1;
    if (shown.size() < quorum) {
      throw new CustodyException.Unavailable(
          Reason.NO_QUORUM,
          "key %s has been shown by %d of %d tokens %s, and %d are wanted; nothing was moved; bring the others back (%s) and try again"
              .formatted(
                  proof.key(),
                  shown.size(),
                  all.size(),
                  shown,
                  quorum,
                  reasons.isEmpty() ? "they do not hold it" : String.join("; ", reasons)));
    }
    return new Shown(proof.kcv(), List.copyOf(shown));
  }

  private static String answer(Hsm place, String location, Proof proof) {
    String kcv = HexFormat.of().formatHex(place.checkValue(proof.key()));
    if (!kcv.equals(proof.kcv())) {
      throw new CustodyException.Unavailable(
          Reason.NO_QUORUM,
          "token %s has key %s with the check value %s, not %s; nothing was moved; have that token examined"
              .formatted(location, proof.key(), kcv, proof.kcv()));
    }
    return proof.knownAnswer().apply(place);
  }
}
