package io.strongroom.custody;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Custody as one principal sees it. Every call is recorded in the audit trail under the principal's
 * name before its answer leaves, refused ones too. Safe for use by many threads.
 *
 * <p>A key is named by its id (a UUID) or by an alias ({@code alias/<name>}).
 *
 * <p>Every method may throw {@link CustodyException.Unavailable} when HSM or store do not answer,
 * {@link CustodyException.NotFound} for a key or alias that does not exist, {@link
 * CustodyException.BadInput} for malformed names, and {@link CustodyException.Refused} where the
 * HSM denies access; further exceptions are listed with each method.
 */
public interface KeyService {

  /** The longest plaintext that {@link #encrypt} takes. */
  int MAX_PLAINTEXT_BYTES = 4096;

  /** How long a scheduled deletion can be called off at least. */
  Duration MIN_DELETION_DELAY = Duration.ofDays(7);

  /** How long a scheduled deletion can be called off at most. */
  Duration MAX_DELETION_DELAY = Duration.ofDays(30);

  /**
   * Creates a CMK. One with material from the HSM is {@code Enabled} at once, an external one
   * {@code PendingImport}.
   *
   * @throws CustodyException.Refused if the alias exists, material of that kind cannot be imported,
   *     or the HSM cannot make such keys
   */
  CmkDescription createKey(KeyRequest request);

  /** Describes a CMK, as store and HSM know it now. */
  CmkDescription describe(String key);

  /** Describes all CMKs, the oldest first. */
  List<CmkDescription> listKeys();

  /**
   * Makes a wrapping key in the HSM and a token for one import, both valid for 24 hours.
   *
   * @throws CustodyException.Refused if the key is not external and {@code PendingImport}, or the
   *     HSM cannot unwrap so; the message names an algorithm that it can
   */
  ImportParameters parametersForImport(
      String key, WrappingAlgorithm algorithm, WrappingKeySpec wrappingKey);

  /**
   * Imports material: unwrapped inside the HSM, exactly 256 bits, check value compared, tried out,
   * and only then the key's. A CMK that had material before takes the same again and no other; "the
   * same" is decided by a 32-byte fingerprint (the encryption of two fixed blocks under the key),
   * as three bytes of check value prove nothing. On any refusal nothing stays in the HSM and the
   * key stays {@code PendingImport}; the token can be used again.
   *
   * @throws CustodyException.BadInput if token or material are not right; the reason says in what
   * @throws CustodyException.Refused if the key is not {@code PendingImport} or another import of
   *     it is under way
   */
  CmkDescription importKeyMaterial(String key, MaterialImport material);

  /** Notes in the audit trail that a key ceremony was held for a CMK, whatever came of it. */
  void recordCeremony(String key, CeremonyNote ceremony);

  /**
   * Deletes imported material; the key is {@code PendingImport} again.
   *
   * @throws CustodyException.Refused if the key is not external, or has no material
   */
  CmkDescription deleteMaterial(String key);

  /**
   * Lets a disabled key be used again.
   *
   * @throws CustodyException.Refused if it is neither {@code Disabled} nor {@code Enabled}
   */
  CmkDescription enable(String key);

  /**
   * Stops a key from being used.
   *
   * @throws CustodyException.Refused if it is neither {@code Enabled} nor {@code Disabled}
   */
  CmkDescription disable(String key);

  /**
   * Has a key destroyed after a delay, with all it encrypted.
   *
   * @param delay {@link #MIN_DELETION_DELAY} to {@link #MAX_DELETION_DELAY}
   * @throws CustodyException.Refused if that is scheduled already
   */
  CmkDescription scheduleDeletion(String key, Duration delay);

  /**
   * Calls a scheduled deletion off; the key is {@code Disabled}, or {@code PendingImport} where it
   * has no material.
   *
   * @throws CustodyException.Refused if none is scheduled
   */
  CmkDescription cancelDeletion(String key);

  /**
   * Creates an alias.
   *
   * @throws CustodyException.Refused if it exists
   */
  AliasDescription createAlias(String alias, String key);

  /**
   * Moves an alias to another key of the same spec.
   *
   * @param expected the key that it must point at now; null for whatever it is
   * @throws CustodyException.Refused if it points elsewhere, or the other key is of another spec
   */
  AliasDescription updateAlias(String alias, String key, @Nullable String expected);

  /** Deletes an alias; the key stays. */
  void deleteAlias(String alias);

  /** All aliases, sorted. */
  List<AliasDescription> listAliases();

  /**
   * Imports material into the key that the token names, tries it out, and moves the alias to that
   * key: all in one step, of which a crash leaves everything or nothing. What was encrypted before
   * stays readable, because each ciphertext names its key.
   *
   * <p>Prepare with {@link #createKey} (external) and {@link #parametersForImport}.
   *
   * @param dryRun to check everything, material included, and then undo it
   * @throws CustodyException.Refused if the token's key is the one that the alias points at
   *     already, or of another spec, or the alias was moved by someone else meanwhile
   * @throws CustodyException.BadInput as for {@link #importKeyMaterial}
   */
  AliasRotation rotateAlias(String alias, MaterialImport material, boolean dryRun);

  /**
   * Tries a key out that was prepared before, and moves the alias to it.
   *
   * @throws CustodyException.Refused as for {@link #rotateAlias}, and if the key is not {@code
   *     Enabled}
   */
  AliasRotation rotateAliasTo(String alias, String key, boolean dryRun);

  /**
   * Encrypts up to {@link #MAX_PLAINTEXT_BYTES} bytes with AES-256-GCM and an IV from the HSM.
   *
   * @param context names and values that decryption has to repeat; authenticated, not secret, and
   *     recorded in the audit trail. At most 8192 bytes in all
   * @throws CustodyException.BadInput if the plaintext is too long
   * @throws CustodyException.Refused if the key is not {@code Enabled} or not for encryption
   */
  Ciphertext encrypt(String key, byte[] plaintext, Map<String, String> context);

  /**
   * Decrypts what {@link #encrypt} made; the ciphertext names its key.
   *
   * @throws CustodyException.AuthenticationFailed if ciphertext or context were changed
   * @throws CustodyException.BadInput if it is no ciphertext of ours
   * @throws CustodyException.Refused if the key is not {@code Enabled}
   */
  byte[] decrypt(byte[] ciphertext, Map<String, String> context);
}
