package io.strongroom.custody;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something in which store and tokens do not agree. Immutable; holds nothing secret.
 *
 * @param kind what it is
 * @param keyId the CMK that it is about; null where none is known
 * @param label the label of the key in the HSM, or the alias
 * @param hsmKeyId the key's id in the HSM; null where it is not about one
 * @param nodes the token, or the cluster's nodes, where it was found
 * @param text what was found, and what to do
 * @param repair what a repair does; null where it is left to people
 * @param repaired whether that was done
 */
public record CustodyFinding(
    Kind kind,
    @Nullable String keyId,
    String label,
    @Nullable String hsmKeyId,
    List<String> nodes,
    String text,
    @Nullable String repair,
    boolean repaired) {

  /** What can be found. */
  public enum Kind {
    /** A version of a CMK is in no token. */
    KEY_MISSING(true),
    /** A version of a CMK is in some tokens of the cluster, and not in this one. */
    KEY_MISSING_AT_NODE(true),
    /** A token could not be asked, so that nothing is said of it. */
    NODE_SILENT(true),
    /** A token has another key under a CMK's name, or one that cannot be used. */
    WRONG_CHECK_VALUE(true),
    /** A key in a token is not as custody makes keys: it may leave, or is of another kind. */
    WRONG_ATTRIBUTES(true),
    /** This store had the key made, and nothing in it accounts for the key any more. */
    ORPHAN(true),
    /** A key looks like custody's, and this store never had it made. */
    STRANGER(false),
    /** A wrapping key's time is over. */
    WRAPPING_KEY_EXPIRED(true),
    /** A wrapping key that could still be used is in no token. */
    WRAPPING_KEY_MISSING(true),
    /** A CMK's state says that it has material, or has not, and that is not so. */
    STATE_CONTRADICTS(true),
    /** An alias points at no key. */
    ALIAS_TO_NOWHERE(true),
    /** An alias points at a key that will be destroyed. */
    ALIAS_TO_DYING_KEY(false),
    /** A key was being made or destroyed by a process that is gone. */
    INTENT_LEFT(true);

    private final boolean wrong;

    Kind(boolean wrong) {
      this.wrong = wrong;
    }

    /** Whether something is wrong; else it is only worth knowing. */
    public boolean isWrong() {
      return wrong;
    }
  }

  /** Copies the list. */
  public CustodyFinding {
    nodes = List.copyOf(nodes);
  }

  CustodyFinding asRepaired() {
    return new CustodyFinding(kind, keyId, label, hsmKeyId, nodes, text, repair, true);
  }

  /** Whether it is wrong still. */
  public boolean isOpen() {
    return kind.isWrong() && !repaired;
  }
}
