package io.strongroom.provider;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.provider.spi.KeyRequest;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a new key is to be, for {@code KeyGenerator.init} and {@code KeyPairGenerator.initialize} of
 * the {@link HsmProvider}. Immutable; the {@code with…} methods return changed copies.
 *
 * <pre>{@code
 * KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
 * generator.init(HsmKeySpec.token("payments").withBits(256));
 * SecretKey key = generator.generateKey();
 * }</pre>
 *
 * @param label the label, which is also the alias in the key store {@code HSM}; unique in the
 *     device, and not one that begins with {@code strongroom-}
 * @param id the id; null for a random one. With a fixed id a repeat finds the first call's key
 * @param bits the length in bits (of the secret, the modulus or the curve); null for the
 *     generator's default: AES 256, HMAC the digest's length, RSA 3072, EC 384
 * @param usages what the key may do; empty for the usual ones: encrypt and decrypt for AES, sign
 *     and verify for the others
 * @param protection how firmly the device holds it
 * @param session true for a key that is gone when the provider is closed
 */
public record HsmKeySpec(
    String label,
    @Nullable KeyId id,
    @Nullable Integer bits,
    Set<KeyUsage> usages,
    Protection protection,
    boolean session)
    implements AlgorithmParameterSpec {

  /** Copies the set. */
  public HsmKeySpec {
    usages = Set.copyOf(usages);
  }

  /** A key that stays in the device until it is deleted, and never leaves it. */
  public static HsmKeySpec token(String label) {
    return new HsmKeySpec(label, null, null, Set.of(), Protection.NEVER_LEAVES, false);
  }

  /**
   * A key that lives until the provider is closed, its session is lost or {@code Key.destroy()} is
   * called.
   */
  public static HsmKeySpec session(String label) {
    return new HsmKeySpec(label, null, null, Set.of(), Protection.NEVER_LEAVES, true);
  }

  /** The same with this id. */
  public HsmKeySpec withId(KeyId other) {
    return new HsmKeySpec(label, other, bits, usages, protection, session);
  }

  /** The same with this length in bits. */
  public HsmKeySpec withBits(int other) {
    return new HsmKeySpec(label, id, other, usages, protection, session);
  }

  /** The same with these usages and no others. */
  public HsmKeySpec withUsages(KeyUsage... these) {
    return new HsmKeySpec(label, id, bits, Set.of(these), protection, session);
  }

  /**
   * The same for a key that may leave the device wrapped under another key ({@code
   * CKA_EXTRACTABLE}); weaker than the default.
   */
  public HsmKeySpec mayLeaveWrapped() {
    return new HsmKeySpec(label, id, bits, usages, Protection.LEAVES_WRAPPED, session);
  }

  /** What the engines read; null if these parameters are not ours. */
  static @Nullable KeyRequest request(@Nullable AlgorithmParameterSpec parameters) {
    return parameters instanceof HsmKeySpec s
        ? new KeyRequest(s.label, s.id, s.bits, s.usages, s.protection, s.session)
        : null;
  }
}
