package io.strongroom.provider;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.provider.spi.KeyRequest;
import java.security.PublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.KeySpec;
import java.util.Set;
import javax.crypto.KDFParameters;
import org.jspecify.annotations.Nullable;

/**
 * What a new key is to be, for {@code KeyGenerator.init}, {@code KeyPairGenerator.initialize},
 * {@code Cipher.init} with {@code UNWRAP_MODE}, {@code KeyAgreement.init} and {@code
 * KDF.getInstance} of the {@link HsmProvider}. Immutable; the {@code with…} methods return changed
 * copies.
 *
 * <pre>{@code
 * KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
 * generator.init(HsmKeySpec.token("payments").withBits(256));
 * SecretKey key = generator.generateKey();
 *
 * Cipher cipher = Cipher.getInstance("AES/KWP/NoPadding", provider);
 * cipher.init(Cipher.UNWRAP_MODE, wrappingKey, HsmKeySpec.token("orders").withBits(256));
 * SecretKey opened = (SecretKey) cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY);
 * }</pre>
 *
 * @param label the label, which is also the alias in the key store {@code HSM}; unique in the
 *     device, and not one that begins with {@code strongroom-}
 * @param id the id; null for a random one. With a fixed id a repeat finds the first call's key
 * @param bits the length in bits (of the secret, the modulus or the curve); null for the
 *     generator's default: AES 256, HMAC the digest's length, RSA 3072, EC 384; with {@code
 *     KeyAgreement} AES 256 and the whole shared secret for others
 * @param usages what the key may do; empty for the usual ones: encrypt and decrypt for AES, sign
 *     and verify for the others
 * @param protection how firmly the device holds it
 * @param session true for a key that is gone when the provider is closed
 * @param publicKey the public half of a private key that is unwrapped, for devices that cannot tell
 *     it (SoftHSM2 cannot for EC keys); null otherwise
 * @param cipher the parameters of the cipher that unwraps, an {@code OAEPParameterSpec}; null for
 *     its own defaults
 */
public record HsmKeySpec(
    String label,
    @Nullable KeyId id,
    @Nullable Integer bits,
    Set<KeyUsage> usages,
    Protection protection,
    boolean session,
    @Nullable PublicKey publicKey,
    @Nullable AlgorithmParameterSpec cipher)
    implements AlgorithmParameterSpec, KeySpec, KDFParameters {

  /** Copies the set. */
  public HsmKeySpec {
    usages = Set.copyOf(usages);
  }

  /** A spec without a public key and without parameters for a cipher. */
  public HsmKeySpec(
      String label,
      @Nullable KeyId id,
      @Nullable Integer bits,
      Set<KeyUsage> usages,
      Protection protection,
      boolean session) {
    this(label, id, bits, usages, protection, session, null, null);
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
    return new HsmKeySpec(label, other, bits, usages, protection, session, publicKey, cipher);
  }

  /** The same with this length in bits. */
  public HsmKeySpec withBits(int other) {
    return new HsmKeySpec(label, id, other, usages, protection, session, publicKey, cipher);
  }

  /** The same with these usages and no others. */
  public HsmKeySpec withUsages(KeyUsage... these) {
    return new HsmKeySpec(label, id, bits, Set.of(these), protection, session, publicKey, cipher);
  }

  /**
   * The same for a key that may leave the device wrapped under another key ({@code
   * CKA_EXTRACTABLE}); weaker than the default.
   */
  public HsmKeySpec mayLeaveWrapped() {
    return new HsmKeySpec(
        label, id, bits, usages, Protection.LEAVES_WRAPPED, session, publicKey, cipher);
  }

  /** The same for a private key that is unwrapped, whose public half this is. */
  public HsmKeySpec withPublicKey(PublicKey other) {
    return new HsmKeySpec(label, id, bits, usages, protection, session, other, cipher);
  }

  /** The same, unwrapped by a cipher with these parameters: an {@code OAEPParameterSpec}. */
  public HsmKeySpec withCipher(AlgorithmParameterSpec other) {
    return new HsmKeySpec(label, id, bits, usages, protection, session, publicKey, other);
  }

  /** What the HSM says of a key that there is. */
  static HsmKeySpec of(KeyInfo info) {
    return new HsmKeySpec(
        info.label(),
        info.id(),
        info.type().bits(),
        info.usages(),
        info.protection(),
        info.session(),
        info.publicKey(),
        null);
  }

  /** What the engines read; null if these parameters are not ours. */
  static @Nullable KeyRequest request(@Nullable AlgorithmParameterSpec parameters) {
    return parameters instanceof HsmKeySpec s
        ? new KeyRequest(
            s.label, s.id, s.bits, s.usages, s.protection, s.session, s.publicKey, s.cipher)
        : null;
  }
}
