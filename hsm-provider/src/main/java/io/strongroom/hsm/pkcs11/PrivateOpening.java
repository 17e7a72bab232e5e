package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyUsage;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens wrapped private keys, with what some devices want besides, and take besides. */
final class PrivateOpening {
  private PrivateOpening() {}

  /**
   * Opens a private key. NSS wants the public point of an EC key with it, in an attribute of its
   * own.
   *
   * @param publicKey the public half; null if it is not known
   * @throws HsmException.BadInput if the device wants the public half and it is not known
   */
  static long open(
      Session session,
      Cryptoki.Wrapping opener,
      byte[] wrapped,
      Template template,
      @Nullable PublicKey publicKey) {
    try {
      return session.unwrap(opener, wrapped, template);
    } catch (CkException e) {
      if (e.code() != ReturnCode.CKR_TEMPLATE_INCOMPLETE) {
        throw e;
      }
      if (!(publicKey instanceof ECPublicKey)) {
        throw publicKeyWanted(e);
      }
      Template more =
          new Template().putAll(template).put(Ck.CKA_NSS_DB, PublicKeys.point(publicKey));
      return session.unwrap(opener, wrapped, more);
    }
  }

  static HsmException.BadInput publicKeyWanted(@Nullable CkException cause) {
    return new HsmException.BadInput(
        "the device cannot tell the public half of the wrapped private key; give it with"
            + " KeySpec.withPublicKey",
        cause);
  }

  /**
   * Takes back what a device allows a private key to do that nobody asked for: NSS allows an RSA
   * key to decrypt and unwrap, and an EC key to derive. What the device keeps in spite of it shows
   * when the key is read back.
   */
  static void takeBackUsages(Session session, long key, Set<KeyUsage> wanted) {
    Attributes attributes = Attributes.read(session, key, Usages.attributes(Ck.CKO_PRIVATE_KEY));
    Set<KeyUsage> surplus = EnumSet.noneOf(KeyUsage.class);
    surplus.addAll(Usages.read(Ck.CKO_PRIVATE_KEY, attributes));
    surplus.removeAll(wanted);
    if (surplus.isEmpty()) {
      return;
    }
    Template template = new Template();
    surplus.forEach(usage -> template.put(Usages.attribute(usage), false));
    session.functions().setAttributeValue(session.handle(), key, template.in(session.memory()));
  }
}
