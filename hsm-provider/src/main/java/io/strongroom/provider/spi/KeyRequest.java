package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.security.PublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of a generator or of {@code Cipher.unwrap} asked for, as the engines see it.
 * Immutable.
 *
 * @param label the label; null for a name made from the id
 * @param id the id; null for a random one
 * @param bits the length; null for the generator's default
 * @param usages what it may do; empty for the family's usual
 * @param protection how firmly it is held
 * @param session true for a session key
 * @param publicKey the public half of a private key that is unwrapped; null for none
 * @param cipher the parameters of the cipher that unwraps; null for its defaults
 */
public record KeyRequest(
    @Nullable String label,
    @Nullable KeyId id,
    @Nullable Integer bits,
    Set<KeyUsage> usages,
    Protection protection,
    boolean session,
    @Nullable PublicKey publicKey,
    @Nullable AlgorithmParameterSpec cipher) {

  /** A session key with a random id and label: what a generator makes that was told nothing. */
  static KeyRequest unnamed(int bits) {
    return new KeyRequest(null, null, bits, Set.of(), Protection.NEVER_LEAVES, true, null, null);
  }

  /** The same of whatever length there is: what is unwrapped and was not described. */
  static KeyRequest unnamed() {
    return new KeyRequest(null, null, null, Set.of(), Protection.NEVER_LEAVES, true, null, null);
  }

  /** The same, with these usages if there were none. */
  KeyRequest usually(Set<KeyUsage> usual) {
    return new KeyRequest(
        label, id, bits, usages.isEmpty() ? usual : usages, protection, session, publicKey, cipher);
  }

  /** The key to make, with an id drawn from the device where none was given. */
  KeySpec keySpec(Device device, KeyType type) {
    return with(id == null ? KeyId.of(device.hsm().random(KeyId.BYTES)) : id, type);
  }

  /** The key to make, under any id: fails with {@code BadInput} if there is no such key. */
  KeySpec check(KeyType type) {
    return with(new KeyId(0, 0), type);
  }

  /** The label of a key that was given none. */
  static String labelOfUnnamed(KeyId id) {
    return "session-" + id;
  }

  private KeySpec with(KeyId keyId, KeyType type) {
    String name = label == null ? labelOfUnnamed(keyId) : label;
    KeySpec usual = KeySpec.of(keyId, name, type);
    return new KeySpec(
        keyId,
        name,
        type,
        usages.isEmpty() ? usual.usages() : usages,
        protection,
        session,
        publicKey);
  }
}
