package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.custody.store.WrappingKeyRow;
import io.strongroom.custody.store.WrappingKeyRow.Status;
import io.strongroom.custody.store.WrappingKeyRows;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Brings wrapped material into the HSM and makes it a CMK's, in three steps: unwrap under an
 * intent, try it out, and one transaction that accepts it. Before that transaction any failure, a
 * crash too, ends with the key destroyed.
 */
final class Admission {

  /** Material that is in the HSM and has been tried out, but is nobody's yet. */
  record Admitted(KeyId id, VersionRow version, List<String> nodes, WrappingKeyRow wrappingKey) {}

  private final Parts parts;
  private final Removal removal;
  private final WeakMaterial weak = new WeakMaterial();

  Admission(Parts parts, Removal removal) {
    this.parts = parts;
    this.removal = removal;
  }

  /**
   * Unwraps and tries the material out; {@code accepting} runs the transaction. Whatever it throws,
   * the material is destroyed again.
   */
  <T> T admit(
      CmkRow cmk,
      WrappingKeyRow wrappingKey,
      MaterialImport material,
      Function<Admitted, T> accepting) {
    int version = Math.max(1, cmk.currentVersion());
    String label = Lookup.hsmLabel(cmk.id(), version);
    Long expiresMs = expiry(material.expires());
    return parts
        .intents()
        .birth(
            label,
            id -> {
              KeySpec spec = Lookup.spec(cmk).onDevice(id, label, Lookup.use(cmk));
              KeyInfo info =
                  unwrap(
                      wrappingKey, material.wrapped(), PublicHalf.with(spec, material.publicKey()));
              String kcv = MaterialCheck.checkValue(parts.hsm(), id, material.expectedKcv());
              String fingerprint = MaterialCheck.fingerprint(parts.hsm(), info);
              weak.refuse(info.type(), fingerprint);
              requireSameAsBefore(cmk, version, fingerprint);
              KeyTrial.run(parts.hsm(), id, Lookup.spec(cmk), Lookup.use(cmk));
              VersionRow row =
                  new VersionRow(
                      cmk.id(),
                      version,
                      id.toString(),
                      kcv,
                      fingerprint,
                      parts.clock().millis(),
                      expiresMs);
              return accepting.apply(new Admitted(id, row, info.locations(), wrappingKey));
            });
  }

  /**
   * Makes admitted material the CMK's, in a transaction.
   *
   * @return the wrapping keys that are done with, to be settled after the transaction
   */
  List<String> accept(Handle handle, Call call, ImportTokens.Genuine token, Admitted admitted) {
    String cmkId = admitted.version().cmkId();
    CmkRow cmk = Lookup.byId(handle, call, cmkId);
    ImportPreparation.requireImportable(cmk);
    WrappingKeyRow used = parts.tokens().redeem(handle, token);
    parts.intents().finish(handle, admitted.id());
    VersionRows.put(handle, admitted.version());
    CmkRows.setCurrentVersion(handle, cmkId, admitted.version().version());
    KeyState next = Lookup.after(cmk, KeyState.Event.IMPORT, "import");
    CmkRows.setState(handle, cmkId, next.name(), null);
    List<WrappingKeyRow> open = WrappingKeyRows.open(handle, cmkId);
    List<String> done = removal.retire(handle, open, Status.EXPIRED);
    WrappingKeyRows.setStatus(handle, used.tokenHash(), Status.USED);
    return done;
  }

  private KeyInfo unwrap(WrappingKeyRow wrappingKey, byte[] wrapped, KeySpec spec) {
    WrappingAlgorithm algorithm = WrappingAlgorithm.valueOf(wrappingKey.algorithm());
    KeyId opener = KeyId.parse(wrappingKey.hsmKeyId());
    try {
      return parts.hsm().unwrap(opener, algorithm.onDevice(), wrapped, spec);
    } catch (HsmException.AuthenticationFailed | HsmException.BadInput e) {
      int modulusBytes = parts.hsm().key(opener).type().bytes();
      throw new WrappedForm(wrapped, algorithm, modulusBytes, spec.type()).refusal(e);
    }
  }

  private void requireSameAsBefore(CmkRow cmk, int version, String fingerprint) {
    boolean other =
        parts
            .database()
            .read(handle -> VersionRows.find(handle, cmk.id(), version))
            .filter(before -> !before.fingerprint().equals(fingerprint))
            .isPresent();
    if (other) {
      throw new CustodyException.BadInput(
          Reason.OTHER_MATERIAL,
          "key %s had other material before, and takes only that back, or its old ciphertext would be lost; create another external key for new material and rotate the alias to it"
              .formatted(cmk.id()));
    }
  }

  private @Nullable Long expiry(@Nullable Instant expires) {
    if (expires == null) {
      return null;
    }
    if (!expires.isAfter(parts.clock().instant())) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "material cannot expire on %s, which is over; give a later time".formatted(expires));
    }
    try {
      return expires.toEpochMilli();
    } catch (ArithmeticException e) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "material cannot expire on %s, which is too far ahead; leave the expiry out"
              .formatted(expires),
          e);
    }
  }
}
