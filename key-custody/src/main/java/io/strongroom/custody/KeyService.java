package io.strongroom.custody;

import java.security.PublicKey;
import java.time.Duration;
import java.util.Collection;
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

  /** The shortest period in which a key gets a new version by itself. */
  Duration MIN_ROTATION_PERIOD = Duration.ofDays(90);

  /** The longest such period. */
  Duration MAX_ROTATION_PERIOD = Duration.ofDays(2560);

  /** How many tags a key has at most. */
  int MAX_TAGS = 50;

  /** How long the key that an alias leaves stays usable at most, if not for ever. */
  Duration MAX_PREVIOUS_USABLE = Duration.ofDays(3650);

  /**
   * Creates a CMK. One with material from the HSM is {@code Enabled} at once, an external one
   * {@code PendingImport}.
   *
   * <p>A key from the HSM is tried out in the way in which it will be used. Where the HSM cannot
   * make or use such keys nothing stays in it; the message names the mechanism that it lacks and
   * the nearest ones that it has.
   *
   * @throws CustodyException.Refused if the alias exists, material of that kind cannot be imported,
   *     or the HSM cannot make or use such keys
   * @throws CustodyException.BadInput if the spec has no such use, or a tag is malformed
   */
  CmkDescription createKey(KeyRequest request);

  /** Describes a CMK, as store and HSM know it now. */
  CmkDescription describe(String key);

  /** Describes all CMKs, the oldest first. */
  List<CmkDescription> listKeys();

  /**
   * Describes some CMKs, the oldest first. Who asks for one page after the other gets every key
   * that was there all the time exactly once, whatever others create and destroy meanwhile.
   *
   * @throws CustodyException.BadInput if the marker is none
   */
  KeyPage listKeys(KeyQuery query);

  /** Changes what its owner says of a key: at most 8192 characters. */
  CmkDescription updateDescription(String key, String description);

  /**
   * Gives a key tags, new ones or new values of old ones.
   *
   * @param tags names of 1 to 128 characters and values of at most 256, no control characters
   * @throws CustodyException.BadInput if a name or a value is anything else
   * @throws CustodyException.Refused if the key would have more than {@link #MAX_TAGS}
   */
  CmkDescription tag(String key, Map<String, String> tags);

  /** Takes tags away; names that a key does not have are passed over. */
  CmkDescription untag(String key, Collection<String> names);

  /**
   * The public half of an asymmetric key, in whatever state it is as long as it has material.
   *
   * @return an {@code RSAPublicKey}, {@code ECPublicKey} or {@code EdECPublicKey}
   * @throws CustodyException.Refused if it is a secret key, or has no material
   */
  PublicKey publicKey(String key);

  /**
   * Has the HSM generate a new version of an AES key, which encrypts from now on; the id stays, and
   * what older versions encrypted stays readable. In a cluster the new version is in a majority of
   * the tokens, with the same check value in each, and has been tried out before it is used.
   *
   * @throws CustodyException.Refused if the key is not {@code Enabled}, not from the HSM, of a kind
   *     that does not rotate, or another call rotates it
   */
  CmkDescription rotateKey(String key);

  /**
   * Has a key rotate by itself, one period from now for the first time. A version on demand starts
   * the period anew; a key that is not {@code Enabled} on its day rotates once it is.
   *
   * @param period whole days, {@link #MIN_ROTATION_PERIOD} to {@link #MAX_ROTATION_PERIOD}
   * @throws CustodyException.BadInput if it is anything else
   * @throws CustodyException.Refused if the key is not from the HSM, or of a kind that does not
   *     rotate
   */
  CmkDescription enableRotation(String key, Duration period);

  /**
   * Ends that; its versions stay.
   *
   * @throws CustodyException.Refused as for {@link #enableRotation}
   */
  CmkDescription disableRotation(String key);

  /**
   * Makes a wrapping key in the HSM and a token for one import, both valid for 24 hours.
   *
   * @throws CustodyException.Refused if the key is not external and {@code PendingImport}, its
   *     material is too long for the algorithm, or the HSM cannot unwrap so; the message names an
   *     algorithm that it can
   */
  ImportParameters parametersForImport(
      String key, WrappingAlgorithm algorithm, WrappingKeySpec wrappingKey);

  /**
   * Imports material: unwrapped inside the HSM, exactly as long as the key's spec says (256 bits
   * for AES) or a private key of that spec, check value compared, tried out, and only then the
   * key's. A CMK that had material before takes the same again and no other; "the same" is decided
   * by a fingerprint of 28 bytes or more (two fixed blocks encrypted, or MACed, under the key;
   * SHA-256 of a pair's public half), as three bytes of check value prove nothing. On any refusal
   * nothing stays in the HSM and the key stays {@code PendingImport}; the token can be used again.
   *
   * @throws CustodyException.BadInput if token or material are not right; the reason says in what
   * @throws CustodyException.Refused if the key is not {@code PendingImport} or another import of
   *     it is under way
   */
  CmkDescription importKeyMaterial(String key, MaterialImport material);

  /** Notes in the audit trail that a key ceremony was held for a CMK, whatever came of it. */
  void recordCeremony(String key, CeremonyNote ceremony);

  /**
   * Does all that {@link #importKeyMaterial} does up to the moment of keeping the material, and
   * destroys it again: for an owner who wants to know that the import will succeed. The token can
   * be used afterwards.
   *
   * @throws CustodyException.BadInput as for {@link #importKeyMaterial}
   * @throws CustodyException.Refused as for {@link #importKeyMaterial}
   */
  ImportTrial tryKeyMaterial(String key, MaterialImport material);

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
   * Rotates an alias: imports or generates material where the request wants that, has a quorum of
   * tokens show the key by using it, and moves the alias, all in one step, of which a crash leaves
   * everything or nothing. What was encrypted before stays readable, because each ciphertext names
   * its key.
   *
   * <p>For new material prepare with {@link #createKey} (external) and {@link
   * #parametersForImport}. {@link RotationRequest#undo} takes the last move back, once; a key that
   * was disabled meanwhile only because its time was over is enabled again with it.
   *
   * @throws CustodyException.Refused if the alias points at that key already, the key is of another
   *     spec, for another use or not {@code Enabled}, one is to be generated and the alias points
   *     at imported material, the alias was moved by someone else meanwhile, or there is nothing to
   *     undo
   * @throws CustodyException.Unavailable also if less than a quorum of tokens show the key
   * @throws CustodyException.BadInput as for {@link #importKeyMaterial}, or if the time for the
   *     previous key is not sensible
   */
  AliasRotation rotateAlias(String alias, RotationRequest request);

  /** Rotates to the key that the token names, with this material. */
  default AliasRotation rotateAlias(String alias, MaterialImport material, boolean dryRun) {
    return rotateAlias(alias, RotationRequest.toImported(material).withDryRun(dryRun));
  }

  /** Rotates to a key that was prepared before. */
  default AliasRotation rotateAliasTo(String alias, String key, boolean dryRun) {
    return rotateAlias(alias, RotationRequest.toKey(key).withDryRun(dryRun));
  }

  /** Where an alias pointed before, the newest move first; also of one that was deleted. */
  List<AliasMove> aliasHistory(String alias);

  /**
   * Sets how long a key that an alias leaves by rotation stays usable. It is disabled afterwards,
   * unless an alias points at it, and never deleted; {@link RotationRequest#undo} enables it again.
   *
   * @param time more than nothing, at most {@link #MAX_PREVIOUS_USABLE}; null for ever
   */
  AliasDescription keepPreviousUsable(String alias, @Nullable Duration time);

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

  /**
   * Brings ciphertext under another key, or under the current version of its own, in one call with
   * one audit record; the plaintext is zeroed and given to nobody. Ciphertext that is under the
   * current version of that key already, in the same context, is left as it is, unread.
   *
   * @param toKey the key to bring it under
   * @param from the context that it was encrypted with
   * @param to the context that decryption is to repeat from now on
   * @throws CustodyException.AuthenticationFailed as for {@link #decrypt}
   * @throws CustodyException.BadInput as for {@link #decrypt}
   * @throws CustodyException.Refused if one of the keys is not {@code Enabled} or not for
   *     encryption
   */
  Reencrypted reencrypt(
      String toKey, byte[] ciphertext, Map<String, String> from, Map<String, String> to);

  /**
   * Compares the store with the tokens, key by key and token by token, and changes nothing. What is
   * under way is not taken for damage.
   */
  CustodyReport examineCustody();

  /**
   * The same, and does the repairs that lose nothing: keys that this store had made, that nothing
   * accounts for, and that are older than any call may take are destroyed; what dead processes left
   * is put away; expired wrapping keys are withdrawn; states are made to fit the material. Each has
   * an audit record of its own.
   */
  CustodyReport repairCustody();
}
