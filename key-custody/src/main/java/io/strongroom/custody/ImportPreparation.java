package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.custody.store.WrappingKeyRow.Status;
import io.strongroom.custody.store.WrappingKeyRows;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Makes wrapping keys and the tokens that go with them. */
final class ImportPreparation {

  static final Duration VALIDITY = Duration.ofHours(24);

  private final Parts parts;
  private final Housekeeping housekeeping;
  private final WrappingProbe probe;

  ImportPreparation(Parts parts, Housekeeping housekeeping) {
    this.parts = parts;
    this.housekeeping = housekeeping;
    this.probe = new WrappingProbe(parts);
  }

  ImportParameters prepare(
      Call call, String reference, WrappingAlgorithm algorithm, WrappingKeySpec wrappingKey) {
    call.detail("algorithm", algorithm).detail("wrappingKeySpec", wrappingKey);
    // First of all: the key may be waiting for material again, as its own has expired.
    housekeeping.run();
    CmkRow cmk = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    requireImportable(cmk);
    requireRoom(Lookup.spec(cmk), algorithm);
    Instant validTo = parts.clock().instant().plus(VALIDITY).truncatedTo(ChronoUnit.MILLIS);
    String label = "custody/wrapping/" + Uuids.random(parts.hsm());
    return parts
        .intents()
        .birth(
            label,
            id -> {
              KeySpec spec = KeySpec.of(id, label, wrappingKey.type());
              KeyInfo info = parts.hsm().create(spec.withUsages(KeyUsage.UNWRAP));
              call.nodes(info.locations());
              RSAPublicKey publicKey = publicKey(info);
              probe.require(algorithm, id, publicKey);
              ImportToken token =
                  new ImportToken(UUID.fromString(cmk.id()), id, algorithm, validTo);
              ImportParameters parameters =
                  new ImportParameters(
                      token.cmkId(), algorithm, publicKey, parts.tokens().make(token), validTo);
              return parts
                  .ledger()
                  .commit(
                      call,
                      handle -> {
                        requireImportable(Lookup.byId(handle, call, cmk.id()));
                        parts.intents().finish(handle, id);
                        WrappingKeyRows.insert(handle, row(parameters, id, label));
                        return parameters;
                      });
            });
  }

  static void requireImportable(CmkRow cmk) {
    if (KeyOrigin.valueOf(cmk.origin()) != KeyOrigin.EXTERNAL) {
      throw new CustodyException.Refused(
          Reason.KEY_ORIGIN,
          "key %s has its material from the HSM; create a key with origin EXTERNAL to import into"
              .formatted(cmk.id()));
    }
    Lookup.after(
        cmk,
        KeyState.Event.IMPORT,
        "import (new material goes into another external key, and the alias is rotated to that)");
  }

  private static void requireRoom(CmkSpec spec, WrappingAlgorithm algorithm) {
    if (!spec.type().isSecret() && algorithm.onDevice() instanceof WrapAlgorithm.RsaOaep) {
      throw new CustodyException.Refused(
          Reason.NOT_SUPPORTED,
          "a %s private key is too long for %s, which takes no more than one RSA block; use RSA_AES_KEY_WRAP_SHA_256, or RSA_AES_KEY_WRAP_SHA_1"
              .formatted(spec, algorithm));
    }
  }

  private static WrappingKeyRow row(ImportParameters parameters, KeyId id, String label) {
    return new WrappingKeyRow(
        ImportTokens.hash(parameters.token()),
        parameters.keyId().toString(),
        parameters.algorithm().name(),
        id.toString(),
        label,
        parameters.validTo().toEpochMilli(),
        Status.OPEN);
  }

  private static RSAPublicKey publicKey(KeyInfo info) {
    if (info.publicKey() instanceof RSAPublicKey rsa) {
      return rsa;
    }
    throw new CustodyException.Unavailable(
        Reason.DEVICE,
        "the HSM made a wrapping key and shows no public half of it; check its driver");
  }
}
