package io.strongroom.cluster.node;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SecurityOfficer;
import io.strongroom.hsm.WrapAlgorithm;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * How a token joins a cluster: it makes an RSA key pair and shows the fingerprint; at a member an
 * officer who has compared it makes that public key {@code TRUSTED}, the only kind that the domain
 * key can be wrapped to; the member wraps the domain key to it, and the new token opens it. Each
 * step can be repeated after an interruption. For one thread.
 */
public final class JoinCeremony {
  private static final List<Digest> BEST_FIRST =
      List.of(Digest.SHA_512, Digest.SHA_384, Digest.SHA_256, Digest.SHA_1);

  private JoinCeremony() {}

  /**
   * A member of the cluster, as the ceremony needs it.
   *
   * @param url opens its token as the user
   * @param officerUrl opens its token as the security officer
   * @param folder its node folder, where the sealed domain MAC key is
   */
  public record Member(String url, String officerUrl, Path folder) {}

  /**
   * At the new token: makes its key pair and finds out what it can open.
   *
   * @throws HsmException.KeyExists if the token has a domain already
   * @throws HsmException.UnsupportedMechanism if it cannot open RSA-OAEP with any digest
   */
  public static JoinRequest begin(Hsm newToken) {
    if (DomainKeys.exists(newToken, ReservedKeys.DOMAIN_KEY)
        && DomainKeys.exists(newToken, ReservedKeys.DOMAIN_MAC_KEY)) {
      throw new HsmException.KeyExists(
          "token \""
              + newToken.info().label()
              + "\" is a member of a cluster already; use an empty token");
    }
    KeyInfo pair = newToken.create(ReservedKeys.JOIN);
    if (!(pair.publicKey() instanceof RSAPublicKey publicKey)) {
      throw new HsmException.DeviceUnavailable("the token gave no RSA public key back");
    }
    List<Digest> digests =
        BEST_FIRST.stream().filter(digest -> opens(newToken, publicKey, digest)).toList();
    if (digests.isEmpty()) {
      throw new HsmException.UnsupportedMechanism(
          "token \"" + newToken.info().label() + "\" opens RSA-OAEP with none of " + BEST_FIRST);
    }
    return new JoinRequest(publicKey, digests);
  }

  /** Tries it with a key of zeros: tokens do not list the digests that they know for OAEP. */
  private static boolean opens(Hsm token, RSAPublicKey publicKey, Digest digest) {
    KeyId id = KeyId.random(new SecureRandom());
    KeySpec trial = ReservedKeys.birthOf(KeySpec.of(id, "trial", KeyType.AES_256), id);
    byte[] wrapped = wrapZeros(publicKey, digest);
    try {
      token.unwrap(ReservedKeys.JOIN.id(), new WrapAlgorithm.RsaOaep(digest), wrapped, trial);
      token.destroy(id);
      return true;
    } catch (HsmException.UnsupportedMechanism
        | HsmException.BadInput
        | HsmException.AuthenticationFailed e) {
      return false;
    }
  }

  private static byte[] wrapZeros(RSAPublicKey publicKey, Digest digest) {
    var mgf = new MGF1ParameterSpec(digest.jcaName());
    var oaep = new OAEPParameterSpec(digest.jcaName(), "MGF1", mgf, PSource.PSpecified.DEFAULT);
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(Cipher.ENCRYPT_MODE, publicKey, oaep);
      return cipher.doFinal(new byte[KeyType.AES_256.bytes()]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no RSA-OAEP with " + digest, e);
    }
  }

  /**
   * At a member: wraps the domain key to the new token. The public key is trusted only for the time
   * of this call, however it ends.
   *
   * <p>Nothing else in this process may have the member's token open: a process is its security
   * officer or its user, never both.
   *
   * @param expectedFingerprint what the officer read at the new token
   * @throws HsmException.AccessDenied if the fingerprint is not the request's; nothing was made
   * @throws HsmException.BadInput if the member has no domain itself
   * @throws HsmException.UnsupportedMechanism if both tokens have no digest in common
   */
  public static JoinGrant approve(Member member, JoinRequest request, String expectedFingerprint) {
    if (!request.hasFingerprint(expectedFingerprint)) {
      throw new HsmException.AccessDenied(
          "the request's fingerprint is "
              + request.fingerprint()
              + ", not the one that was read at the new token; someone may have exchanged the"
              + " request — nothing was made; begin again");
    }
    try (Hsm token = Hsm.open(member.url())) {
      DomainKeys.open(token);
      DomainKeys.sealedMacKey(member.folder());
    }
    trust(member, request.publicKey());
    try (Hsm token = Hsm.open(member.url())) {
      return grant(token, member.folder(), request.oaepDigests());
    } finally {
      distrust(member);
    }
  }

  private static void trust(Member member, RSAPublicKey publicKey) {
    try (SecurityOfficer officer = SecurityOfficer.open(member.officerUrl())) {
      // One that an interrupted ceremony left behind is of no use to anyone.
      destroyTrusted(officer);
      officer.createTrusted(ReservedKeys.TRUSTED_ID, ReservedKeys.TRUSTED_LABEL, publicKey);
    }
  }

  private static void distrust(Member member) {
    try (SecurityOfficer officer = SecurityOfficer.open(member.officerUrl())) {
      destroyTrusted(officer);
    }
  }

  private static void destroyTrusted(SecurityOfficer officer) {
    try {
      officer.destroyTrusted(ReservedKeys.TRUSTED_ID);
    } catch (HsmException.KeyNotFound e) {
      // What is wanted: there is none.
    }
  }

  private static JoinGrant grant(Hsm member, Path folder, List<Digest> digests) {
    for (Digest digest : digests) {
      try {
        byte[] wrapped =
            member.wrap(
                ReservedKeys.TRUSTED_ID,
                new WrapAlgorithm.RsaOaep(digest),
                ReservedKeys.DOMAIN_KEY.id());
        return new JoinGrant(
            wrapped, digest, DomainKeys.sealedMacKey(folder), DomainKeys.checkValues(member));
      } catch (HsmException.UnsupportedMechanism | HsmException.BadInput e) {
        if (digest == digests.getLast()) {
          throw new HsmException.UnsupportedMechanism(
              "token \"" + member.info().label() + "\" wraps with RSA-OAEP with none of " + digests,
              e);
        }
      }
    }
    throw new IllegalStateException("a join request names a digest");
  }

  /**
   * At the new token: opens what the member granted, compares the check values, and destroys the
   * key pair. Where they differ nothing is left but the pair.
   *
   * @param nodeFolder the new node's folder, where the MAC key's sealed form is kept
   * @throws HsmException.KeyNotFound if this token has begun no ceremony
   * @throws HsmException.AuthenticationFailed if the grant is not for this token, or was changed
   */
  public static DomainKeys.CheckValues accept(Hsm newToken, Path nodeFolder, JoinGrant grant) {
    open(newToken, grant);
    DomainKeys.keepSealedMacKey(nodeFolder, grant.sealedMacKey());
    DomainKeys.destroy(newToken, ReservedKeys.JOIN);
    return grant.checkValues();
  }

  /** The same at a token that no node stands in front of. */
  static void acceptOffline(Hsm newToken, JoinGrant grant) {
    open(newToken, grant);
    DomainKeys.destroy(newToken, ReservedKeys.JOIN);
  }

  private static void open(Hsm newToken, JoinGrant grant) {
    // Members have no such pair: whatever goes wrong below, it cannot harm a member's keys.
    requireBegun(newToken);
    try {
      newToken.unwrap(
          ReservedKeys.JOIN.id(),
          new WrapAlgorithm.RsaOaep(grant.oaepDigest()),
          grant.wrappedDomainKey(),
          ReservedKeys.DOMAIN_KEY);
      DomainKeys.openMacKey(newToken, grant.sealedMacKey());
      DomainKeys.open(newToken);
      requireEqual(DomainKeys.checkValues(newToken), grant.checkValues());
    } catch (HsmException e) {
      DomainKeys.destroy(newToken, ReservedKeys.DOMAIN_MAC_KEY);
      DomainKeys.destroy(newToken, ReservedKeys.DOMAIN_KEY);
      throw e;
    }
  }

  private static void requireBegun(Hsm newToken) {
    try {
      newToken.key(ReservedKeys.JOIN.id());
    } catch (HsmException.KeyNotFound e) {
      throw new HsmException.KeyNotFound(
          "token \"%s\" has begun no ceremony, or has ended it; make a new request there first"
              .formatted(newToken.info().label()),
          e);
    }
  }

  private static void requireEqual(DomainKeys.CheckValues actual, DomainKeys.CheckValues wanted) {
    if (!actual.equals(wanted)) {
      throw new HsmException.AuthenticationFailed(
          "the keys opened to the check values "
              + actual
              + ", the member has "
              + wanted
              + "; they were destroyed again — begin the ceremony anew");
    }
  }
}
