package io.strongroom.custody;

import io.strongroom.custody.store.VersionRow;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * Has the HSM generate one version of a CMK, in three steps: an intent, the key itself, which in a
 * cluster a majority of the tokens holds then with the same check value, and a trial. The caller's
 * transaction makes it the CMK's. Before that any failure, a crash too, ends with the key
 * destroyed.
 */
final class VersionBirth {

  /** A version that is to be. */
  record Wanted(String cmkId, int version, CmkSpec spec, KeyUse use) {}

  /** A version that is in the HSM and has been tried out, but is nobody's yet. */
  record Born(KeyId keyId, VersionRow version, List<String> nodes) {}

  private final Parts parts;

  VersionBirth(Parts parts) {
    this.parts = parts;
  }

  /** Makes the version; {@code accepting} runs the transaction that finishes the intent. */
  <T> T make(Call call, Wanted wanted, Function<Born, T> accepting) {
    String label = Lookup.hsmLabel(wanted.cmkId(), wanted.version());
    return parts
        .intents()
        .birth(
            label,
            keyId -> {
              KeyInfo info = parts.hsm().create(wanted.spec().onDevice(keyId, label, wanted.use()));
              call.nodes(info.locations());
              String kcv = HexFormat.of().formatHex(parts.hsm().checkValue(keyId));
              KeyTrial.run(parts.hsm(), keyId, wanted.spec(), wanted.use());
              call.detail("kcv", kcv);
              long now = parts.clock().millis();
              VersionRow row =
                  new VersionRow(
                      wanted.cmkId(), wanted.version(), keyId.toString(), kcv, "", now, null);
              return accepting.apply(new Born(keyId, row, info.locations()));
            });
  }
}
