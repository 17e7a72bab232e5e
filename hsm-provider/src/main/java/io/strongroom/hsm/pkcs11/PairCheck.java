package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the public half of a wrapped private key, and that it is of the type that was asked for,
 * before any key is made from it. For one pool; safe for use by many threads.
 */
final class PairCheck {
  private static final byte[] DIGEST = new byte[32];

  /**
   * Opens the private key as a temporary session key and compares.
   *
   * @throws HsmException.BadInput if it is of another type, the public key given is not its, or
   *     none was given and the device cannot tell it
   */
  PublicKey publicKey(Session session, Cryptoki.Wrapping opener, byte[] wrapped, KeySpec target) {
    Template temporary = KeyTemplates.temporary(target.type(), false, Set.of(KeyUsage.SIGN));
    long key = PrivateOpening.open(session, opener, wrapped, temporary, target.publicKey());
    try {
      Attributes attributes =
          Attributes.read(
              session,
              key,
              Ck.CKA_MODULUS,
              Ck.CKA_PUBLIC_EXPONENT,
              Ck.CKA_EC_PARAMS,
              Ck.CKA_EC_POINT);
      requireType(attributes, target);
      PublicKey told = PublicKeys.of(attributes);
      PublicKey found = told == null ? target.publicKey() : told;
      return requirePair(session, key, target, found);
    } finally {
      session.destroyQuietly(key);
    }
  }

  private static PublicKey requirePair(
      Session session, long key, KeySpec target, @Nullable PublicKey found) {
    if (found == null) {
      throw PrivateOpening.publicKeyWanted(null);
    }
    PublicKey given = target.publicKey();
    boolean pair =
        target.type().family() == KeyType.Family.EC
            ? signs(session, key, target.type(), found)
            : given == null || given.equals(found) || sameRsa(given, found);
    if (!pair) {
      throw new HsmException.BadInput(
          "the public key given for \""
              + target.label()
              + "\" is not that of the wrapped private key; nothing was imported");
    }
    return found;
  }

  private static boolean sameRsa(PublicKey a, PublicKey b) {
    return a instanceof RSAPublicKey x
        && b instanceof RSAPublicKey y
        && x.getModulus().equals(y.getModulus())
        && x.getPublicExponent().equals(y.getPublicExponent());
  }

  private static void requireType(Attributes attributes, KeySpec target) {
    byte[] modulus = attributes.bytes(Ck.CKA_MODULUS);
    byte[] parameters = attributes.bytes(Ck.CKA_EC_PARAMS);
    boolean fits =
        target.type().family() == KeyType.Family.RSA
            ? modulus != null && new BigInteger(1, modulus).bitLength() == target.type().bits()
            : parameters != null && Curve.ofParameters(parameters) == Curve.of(target.type());
    if (!fits) {
      throw new HsmException.BadInput(
          "the wrapped private key is no " + target.type() + "; nothing was imported");
    }
  }

  // SunEC by name: the first provider in the list may be the one that stands on this Hsm.
  private static boolean signs(Session session, long key, KeyType type, PublicKey publicKey) {
    byte[] signature =
        session.sign(
            NativeMechanism.plain(session.memory(), Ckm.CKM_ECDSA), key, DIGEST, 2 * type.bytes());
    try {
      Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format", "SunEC");
      verifier.initVerify(publicKey);
      verifier.update(DIGEST);
      return verifier.verify(signature);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
