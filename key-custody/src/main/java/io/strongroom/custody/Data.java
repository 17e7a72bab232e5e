package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasMoveRows;
import io.strongroom.custody.store.KeyCache;
import io.strongroom.custody.store.UsableKey;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Encrypts and decrypts under CMKs. */
final class Data {

  private final Parts parts;
  private final Housekeeping housekeeping;

  Data(Parts parts, Housekeeping housekeeping) {
    this.parts = parts;
    this.housekeeping = housekeeping;
  }

  Ciphertext encrypt(Call call, String reference, byte[] plaintext, Map<String, String> context) {
    call.detail("bytes", plaintext.length);
    if (plaintext.length > KeyService.MAX_PLAINTEXT_BYTES) {
      throw new CustodyException.BadInput(
          Reason.TOO_LONG,
          "the plaintext has %d bytes, at most %d are encrypted under a key directly; use envelope encryption for more"
              .formatted(plaintext.length, KeyService.MAX_PLAINTEXT_BYTES));
    }
    byte[] encodedContext = EncryptionContext.encode(context);
    call.context(context);
    UsableKey key = usableForData(call, reference);
    UUID cmkId = UUID.fromString(key.cmkId());
    byte[] aad = Ciphertext.aad(cmkId, key.version(), encodedContext);
    Encrypted encrypted =
        parts
            .hsm()
            .encrypt(
                KeyId.parse(hsmKeyId(key)), CipherAlgorithm.AesGcm.withDeviceIv(aad), plaintext);
    return new Ciphertext(cmkId, key.version(), encrypted.iv(), encrypted.bytes());
  }

  byte[] decrypt(Call call, byte[] bytes, Map<String, String> context) {
    call.detail("bytes", bytes.length);
    Ciphertext ciphertext = Ciphertext.parse(bytes);
    byte[] aad = ciphertext.aad(context);
    call.context(context);
    String cmkId = ciphertext.keyId().toString();
    call.key(cmkId).detail("version", ciphertext.keyVersion());
    UsableKey key =
        parts
            .database()
            .keys()
            .byVersion(cmkId, ciphertext.keyVersion())
            .orElseThrow(() -> noSuchKey(cmkId));
    checked(call, key, KeyUse.ENCRYPT_DECRYPT);
    requireSecret(key);
    try {
      return parts
          .hsm()
          .decrypt(
              KeyId.parse(hsmKeyId(key)),
              CipherAlgorithm.AesGcm.withIv(ciphertext.iv(), aad),
              ciphertext.sealed());
    } catch (HsmException.AuthenticationFailed e) {
      throw new CustodyException.AuthenticationFailed(
          "ciphertext and encryption context do not belong together, or one of them was changed; give the context that it was encrypted with",
          e);
    }
  }

  /** The key that a UUID or an alias names, if data can be encrypted under it now. */
  UsableKey usableForData(Call call, String reference) {
    UsableKey key = usable(call, reference, KeyUse.ENCRYPT_DECRYPT);
    requireSecret(key);
    return key;
  }

  /** The key that a UUID or an alias names, if it may be used so now. */
  UsableKey usable(Call call, String reference, KeyUse use) {
    boolean alias = Names.isAlias(reference);
    String name = alias ? Names.alias(reference) : Names.keyId(reference).toString();
    if (alias) {
      call.alias(name);
    } else {
      call.key(name);
    }
    KeyCache known = parts.database().keys();
    Optional<UsableKey> found = alias ? known.byAlias(name) : known.byId(name);
    UsableKey key = found.orElseThrow(() -> alias ? Lookup.noSuchAlias(name) : noSuchKey(name));
    return checked(call, key, use);
  }

  private CustodyException noSuchKey(String id) {
    return parts.database().read(handle -> Lookup.noSuchKey(handle, id));
  }

  /** The id in the HSM of a key that has been checked. */
  static String hsmKeyId(UsableKey key) {
    String id = key.hsmKeyId();
    if (id == null) {
      throw new IllegalStateException("a usable key has material");
    }
    return id;
  }

  private UsableKey checked(Call call, UsableKey key, KeyUse use) {
    call.key(key.cmkId()).detail("version", key.version());
    requireUse(key, use);
    KeyState state = KeyState.valueOf(key.state());
    Long expires = key.expiresMs();
    if (key.hsmKeyId() != null && expires != null && expires <= parts.clock().millis()) {
      housekeeping.expire(key.cmkId());
      throw unusable(key, KeyState.PENDING_IMPORT, "use, as its material expired");
    }
    if (state.after(KeyState.Event.USE).isEmpty()) {
      throw unusable(key, state, retirement(key).orElse("use"));
    }
    if (key.hsmKeyId() == null) {
      throw new CustodyException.NotFound(
          Reason.NO_SUCH_KEY,
          "key %s has no such version; check where the ciphertext is from".formatted(key.cmkId()));
    }
    return key;
  }

  private static void requireUse(UsableKey key, KeyUse use) {
    CmkSpec spec = CmkSpec.valueOf(key.spec());
    if (KeyUse.valueOf(key.use()) != use) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "key %s (%s) is for %s, not for %s; use another key"
              .formatted(key.cmkId(), spec, key.use(), use));
    }
  }

  private static void requireSecret(UsableKey key) {
    CmkSpec spec = CmkSpec.valueOf(key.spec());
    if (!spec.type().isSecret()) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "key %s (%s) encrypts with its public key, outside of custody, and its ciphertext names no key; get its public key, or use an AES_256 key"
              .formatted(key.cmkId(), spec));
    }
  }

  private static CustodyException unusable(UsableKey key, KeyState state, String what) {
    return Lookup.refused(
        key.cmkId(), state, KeyOrigin.valueOf(key.origin()), KeyState.Event.USE, what);
  }

  /** Use of a key that was disabled because an alias left it and its time was over. */
  private Optional<String> retirement(UsableKey key) {
    if (KeyState.valueOf(key.state()) != KeyState.DISABLED) {
      return Optional.empty();
    }
    return parts
        .database()
        .read(handle -> AliasMoveRows.retirement(handle, key.cmkId()))
        .map(move ->
            "use (%s left it for key %s on %s, and its time after that was over on %s; enable it, bring what is still under it to the new key with reencrypt, and disable it again)"
                .formatted(
                    move.alias(),
                    move.toId(),
                    RotationHistory.instant(move.timeMs()),
                    RotationHistory.instant(move.usableUntilMs())));
  }
}
