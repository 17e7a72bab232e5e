package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.security.PublicKey;

/** Gives the public halves of asymmetric CMKs out. */
final class PublicKeys {

  private final Parts parts;

  PublicKeys(Parts parts) {
    this.parts = parts;
  }

  PublicKey of(Call call, String reference) {
    CmkRow row = parts.database().read(handle -> Lookup.cmk(handle, call, reference));
    if (Lookup.spec(row).type().isSecret()) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "key %s (%s) is a secret key; only RSA and ECC keys have a public half"
              .formatted(row.id(), row.spec()));
    }
    KeyInfo info = parts.hsm().key(KeyId.parse(hsmKeyId(row)));
    call.nodes(info.locations()).detail("version", row.currentVersion());
    PublicKey key = info.publicKey();
    if (key == null) {
      throw new CustodyException.Unavailable(
          Reason.DEVICE,
          "the HSM shows no public half of key %s; check its driver".formatted(row.id()));
    }
    return key;
  }

  private String hsmKeyId(CmkRow row) {
    return parts
        .database()
        .read(handle -> VersionRows.find(handle, row.id(), row.currentVersion()))
        .map(VersionRow::hsmKeyId)
        .orElseThrow(() ->
            new CustodyException.Refused(
                Reason.KEY_STATE,
                "key %s is %s and has no material, so no public half; import its material first"
                    .formatted(row.id(), Lookup.state(row))));
  }
}
