package io.strongroom.cli.ceremony;

import io.strongroom.custody.AliasRotation;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.CmkSpec;
import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.ImportParameters;
import io.strongroom.custody.KeyOrigin;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.KeyState;
import io.strongroom.custody.MaterialImport;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import io.strongroom.custody.ceremony.CeremonyRecord;
import io.strongroom.custody.ceremony.MaterialWrapping;
import io.strongroom.custody.secret.Secret;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A CMK in the HSM that is at hand: the key is wrapped, imported and, if wanted, rotated to. */
public final class HsmDestination implements Destination {

  /**
   * How to import.
   *
   * @param alias the alias to move to the key; null for none
   * @param expires when the material ends; null for never
   */
  public record How(
      WrappingAlgorithm algorithm,
      WrappingKeySpec wrappingKey,
      @Nullable String alias,
      @Nullable Instant expires) {}

  private final KeyService keys;
  private final String keyId;
  private final How how;

  /**
   * Checks that the CMK takes such material, and that the alias exists, before any custodian enters
   * anything.
   *
   * @throws CustodyException.Refused if it does not
   * @throws CustodyException.NotFound if there is no such key or alias
   */
  public HsmDestination(KeyService keys, String key, How how) {
    this.keys = keys;
    this.how = how;
    CmkDescription cmk = keys.describe(key);
    if (cmk.origin() != KeyOrigin.EXTERNAL || cmk.state() != KeyState.PENDING_IMPORT) {
      throw new CustodyException.Refused(
          Reason.KEY_STATE,
          "key %s has origin %s and is %s; a ceremony is for an external key that is PendingImport"
              .formatted(cmk.keyId(), cmk.origin(), cmk.state()));
    }
    if (cmk.spec() != CmkSpec.AES_256) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "key %s is of spec %s; a ceremony is for AES_256".formatted(cmk.keyId(), cmk.spec()));
    }
    if (how.alias() != null) {
      keys.describe(how.alias());
    }
    this.keyId = cmk.keyId().toString();
  }

  /** The CMK's id. */
  public String keyId() {
    return keyId;
  }

  @Override
  public String outcome() {
    return "imported";
  }

  @Override
  public void deliver(
      MaterialWrapping wrapping, Secret key, String checkValue, CeremonyRecord record) {
    ImportParameters parameters;
    byte[] wrapped;
    try {
      parameters = keys.parametersForImport(keyId, how.algorithm(), how.wrappingKey());
      wrapped = wrapping.wrap(how.algorithm(), parameters.publicKey(), key);
    } finally {
      key.wipe();
    }
    record
        .put("keyId", keyId)
        .wrapping(how.algorithm(), parameters.publicKey(), parameters.token(), wrapped);
    MaterialImport material =
        MaterialImport.of(parameters.token(), wrapped)
            .expecting(checkValue)
            .expiring(how.expires());
    record.put(
        "nodes", how.alias() == null ? imported(material) : rotated(how.alias(), material, record));
  }

  private List<String> imported(MaterialImport material) {
    return keys.importKeyMaterial(keyId, material).nodes();
  }

  private List<String> rotated(String alias, MaterialImport material, CeremonyRecord record) {
    AliasRotation rotation = keys.rotateAlias(alias, material, false);
    record.put("alias", alias).put("previousKeyId", rotation.from().toString());
    return keys.describe(keyId).nodes();
  }
}
