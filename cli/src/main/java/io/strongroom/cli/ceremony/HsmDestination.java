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
  private final ImportParameters parameters;

  /**
   * Checks that the CMK takes such material and that the alias can move to it, and has the HSM make
   * the wrapping key, before any custodian enters anything.
   *
   * @throws CustodyException.Refused if it does not
   * @throws CustodyException.NotFound if there is no such key or alias
   * @throws CustodyException.Unavailable if the HSM cannot make the wrapping key
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
      requireMovable(keys.describe(how.alias()), how.alias(), cmk);
    }
    this.keyId = cmk.keyId().toString();
    this.parameters = keys.parametersForImport(keyId, how.algorithm(), how.wrappingKey());
  }

  private static void requireMovable(CmkDescription from, String alias, CmkDescription to) {
    if (from.keyId().equals(to.keyId())) {
      throw new CustodyException.Refused(
          Reason.ALIAS_MOVED,
          "%s points at key %s already; leave --alias out".formatted(alias, to.keyId()));
    }
    if (from.spec() != to.spec()) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "%s points at a key of spec %s, and key %s is %s; name another alias"
              .formatted(alias, from.spec(), to.keyId(), to.spec()));
    }
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
    byte[] wrapped;
    try {
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
