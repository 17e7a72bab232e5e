package io.strongroom.cluster.node;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.WrapAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The domain key and the domain MAC key of a token: made in a cluster's first token, handed on by
 * the {@link JoinCeremony}. The MAC key's sealed form is kept in the node's folder, because that is
 * the only form in which it can be handed on: in the token it can never leave. For one thread.
 */
public final class DomainKeys {
  private static final String SEALED_MAC_KEY = "domain-mac.sealed";
  private static final int MAX_SEALED_BYTES = 1024;
  private static final WrapAlgorithm SEALING = new WrapAlgorithm.AesKwp();

  private DomainKeys() {}

  /**
   * Makes both keys in a cluster's first token. Goes on where an earlier call was interrupted;
   * where both exist, nothing is made.
   *
   * @param hsm the token
   * @param nodeFolder the node's folder, where the MAC key's sealed form is kept
   * @throws HsmException.UnsupportedMechanism if the token cannot make or seal such keys
   * @throws HsmException.DeviceUnavailable if the token does not protect the domain key as asked,
   *     or the folder cannot be written
   */
  public static CheckValues create(Hsm hsm, Path nodeFolder) {
    hsm.create(ReservedKeys.DOMAIN_KEY);
    if (!exists(hsm, ReservedKeys.DOMAIN_MAC_KEY)) {
      if (!Files.exists(nodeFolder.resolve(SEALED_MAC_KEY))) {
        DurableFiles.write(nodeFolder.resolve(SEALED_MAC_KEY), newSealedMacKey(hsm));
      }
      openMacKey(hsm, sealedMacKey(nodeFolder));
    }
    return checkValues(hsm);
  }

  private static byte[] newSealedMacKey(Hsm hsm) {
    KeyId id = KeyId.random(new SecureRandom());
    KeyInfo birth = hsm.create(ReservedKeys.birthOf(ReservedKeys.DOMAIN_MAC_KEY, id));
    try {
      return hsm.wrap(ReservedKeys.DOMAIN_KEY.id(), SEALING, birth.id());
    } finally {
      hsm.destroy(birth.id());
    }
  }

  /** Opens a MAC key's sealed form under the domain key of this token. */
  static void openMacKey(Hsm hsm, byte[] sealed) {
    hsm.unwrap(ReservedKeys.DOMAIN_KEY.id(), SEALING, sealed, ReservedKeys.DOMAIN_MAC_KEY);
  }

  /** Keeps a MAC key's sealed form. */
  static void keepSealedMacKey(Path nodeFolder, byte[] sealed) {
    DurableFiles.write(nodeFolder.resolve(SEALED_MAC_KEY), sealed);
  }

  /** Forgets a MAC key's sealed form. */
  static void dropSealedMacKey(Path nodeFolder) {
    DurableFiles.delete(nodeFolder.resolve(SEALED_MAC_KEY));
  }

  /**
   * The MAC key's sealed form.
   *
   * @throws HsmException.BadInput if it is not in this folder
   */
  static byte[] sealedMacKey(Path nodeFolder) {
    Path file = nodeFolder.resolve(SEALED_MAC_KEY);
    try {
      byte[] sealed = Files.readAllBytes(file);
      if (sealed.length == 0 || sealed.length > MAX_SEALED_BYTES) {
        throw new HsmException.BadInput(
            file
                + " has "
                + sealed.length
                + " bytes, which no sealed key has; copy it from a peer");
      }
      return sealed;
    } catch (IOException e) {
      throw new HsmException.BadInput(
          "cannot read " + file + "; copy it from another member's folder", e);
    }
  }

  /**
   * Opens the domain of a token.
   *
   * @throws HsmException.BadInput if the token has not joined a cluster
   * @throws HsmException.AccessDenied if its domain key is not protected as it must be
   */
  static Domain open(Hsm hsm) {
    if (!exist(hsm)) {
      throw new HsmException.BadInput(
          "token \""
              + hsm.info().label()
              + "\" has no domain key; join it to the cluster first (strongroom cluster join)");
    }
    requireProtected(hsm, ReservedKeys.DOMAIN_KEY);
    requireProtected(hsm, ReservedKeys.DOMAIN_MAC_KEY);
    return new Domain(hsm);
  }

  /** What was read back from the token, against what it has to be. */
  static void requireProtected(Hsm hsm, KeySpec wanted) {
    KeyInfo actual = hsm.key(wanted.id());
    if (actual.protection() != wanted.protection()
        || !actual.usages().equals(wanted.usages())
        || !actual.type().equals(wanted.type())
        || actual.session()) {
      throw new HsmException.AccessDenied(
          "key \""
              + wanted.label()
              + "\" is "
              + actual.type()
              + " "
              + actual.protection()
              + " "
              + actual.usages()
              + ", wanted "
              + wanted.type()
              + " "
              + wanted.protection()
              + " "
              + wanted.usages()
              + "; destroy it and join the token again");
    }
  }

  /**
   * The check values of both keys, which are equal on all nodes of a cluster.
   *
   * @throws HsmException.KeyNotFound if the token has no domain
   */
  public static CheckValues checkValues(Hsm hsm) {
    return new CheckValues(
        HexFormat.of().formatHex(hsm.checkValue(ReservedKeys.DOMAIN_KEY.id())),
        HexFormat.of().formatHex(hsm.checkValue(ReservedKeys.DOMAIN_MAC_KEY.id())));
  }

  /**
   * Check values as people compare them: hexadecimal.
   *
   * @param domainKey of the domain key
   * @param macKey of the domain MAC key
   */
  public record CheckValues(String domainKey, String macKey) {}

  /** Whether a token has a domain. */
  static boolean exist(Hsm hsm) {
    return exists(hsm, ReservedKeys.DOMAIN_KEY) && exists(hsm, ReservedKeys.DOMAIN_MAC_KEY);
  }

  static boolean exists(Hsm hsm, KeySpec spec) {
    try {
      KeyInfo key = hsm.key(spec.id());
      return key.label().equals(spec.label());
    } catch (HsmException.KeyNotFound e) {
      return false;
    }
  }

  /** Destroys a key if it is there. */
  static void destroy(Hsm hsm, KeySpec spec) {
    if (exists(hsm, spec)) {
      hsm.destroy(spec.id());
    }
  }
}
