package io.strongroom.hsm;

import static io.strongroom.hsm.KeyUsage.DECRYPT;
import static io.strongroom.hsm.KeyUsage.DERIVE;
import static io.strongroom.hsm.KeyUsage.ENCRYPT;
import static io.strongroom.hsm.KeyUsage.SIGN;
import static io.strongroom.hsm.KeyUsage.VERIFY;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key that is to be made. Immutable; the {@code with…} methods return changed copies.
 *
 * @param id the id, chosen by the caller so that a repeat finds the first call's key
 * @param label the label, unique in the device: 1 to 255 bytes of UTF-8, no control characters
 * @param type kind and length
 * @param usages what it may do; at least one
 * @param protection how firmly the device holds it
 * @param session true for a key that lives only until the {@code Hsm} is closed or its session is
 *     lost
 * @param publicKey the public half of a pair that is opened with {@link Hsm#unwrap}, for devices
 *     that cannot tell it from the private one; null otherwise, and where the device is to make it
 */
public record KeySpec(
    KeyId id,
    String label,
    KeyType type,
    Set<KeyUsage> usages,
    Protection protection,
    boolean session,
    @Nullable PublicKey publicKey) {

  /** The greatest length of a label in bytes of UTF-8. */
  public static final int MAX_LABEL_BYTES = 255;

  /**
   * Checks label and usages.
   *
   * @throws HsmException.BadInput if the label is empty, too long or has control characters, or
   *     there is no usage
   */
  public KeySpec {
    requireLabel(label);
    if (usages.isEmpty()) {
      throw new HsmException.BadInput("key \"" + label + "\" may do nothing; give it a usage");
    }
    usages = Set.copyOf(usages);
  }

  /**
   * Checks that a text can be a label.
   *
   * @throws HsmException.BadInput if it is empty, too long or has control characters
   */
  public static void requireLabel(String label) {
    int length = label.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0
        || length > MAX_LABEL_BYTES
        || label.chars().anyMatch(Character::isISOControl)) {
      throw new HsmException.BadInput(
          "a label has 1 to " + MAX_LABEL_BYTES + " bytes of UTF-8 and no control characters");
    }
  }

  /** A spec without a public key. */
  public KeySpec(
      KeyId id,
      String label,
      KeyType type,
      Set<KeyUsage> usages,
      Protection protection,
      boolean session) {
    this(id, label, type, usages, protection, session, null);
  }

  /**
   * A token key that never leaves the device, with the family's usual usages: encrypt and decrypt
   * for AES, derive for Montgomery curves, sign and verify for the others.
   */
  public static KeySpec of(KeyId id, String label, KeyType type) {
    Set<KeyUsage> usages =
        switch (type.family()) {
          case AES -> Set.of(ENCRYPT, DECRYPT);
          case MONTGOMERY -> Set.of(DERIVE);
          case SECRET, RSA, EC, EDWARDS -> Set.of(SIGN, VERIFY);
        };
    return new KeySpec(id, label, type, usages, Protection.NEVER_LEAVES, false);
  }

  /** The same with these usages and no others. */
  public KeySpec withUsages(KeyUsage... these) {
    return new KeySpec(id, label, type, Set.of(these), protection, session, publicKey);
  }

  /** The same with another protection. */
  public KeySpec withProtection(Protection other) {
    return new KeySpec(id, label, type, usages, other, session, publicKey);
  }

  /** The same as a session key. */
  public KeySpec asSession() {
    return new KeySpec(id, label, type, usages, protection, true, publicKey);
  }

  /** The same for a private key that is opened, whose public half this is. */
  public KeySpec withPublicKey(PublicKey key) {
    return new KeySpec(id, label, type, usages, protection, session, key);
  }
}
