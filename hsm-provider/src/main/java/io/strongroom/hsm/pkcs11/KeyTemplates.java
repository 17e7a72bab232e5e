package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.security.PublicKey;
import java.util.Set;

/** The templates of keys that are made or opened. */
final class KeyTemplates {
  private static final byte[] F4 = {1, 0, 1};

  private KeyTemplates() {}

  /** What every key object begins with: class, kind, where it lives, its names. */
  private static Template named(long objectClass, KeySpec spec) {
    return named(objectClass, spec, spec.session(), spec.label());
  }

  private static Template named(long objectClass, KeySpec spec, boolean session, String label) {
    Template template = new Template().put(Ck.CKA_CLASS, objectClass);
    // To SoftHSM2 a Montgomery key is an Edwards one; such keys are only generated, where the
    // mechanism says which.
    if (spec.type().family() != KeyType.Family.MONTGOMERY) {
      template.put(Ck.CKA_KEY_TYPE, keyType(spec.type()));
    }
    return template
        .put(Ck.CKA_TOKEN, !session)
        .put(Ck.CKA_PRIVATE, objectClass != Ck.CKO_PUBLIC_KEY)
        .put(Ck.CKA_ID, spec.id().bytes())
        .put(Ck.CKA_LABEL, label)
        .putAll(Usages.template(objectClass, spec.usages()));
  }

  /**
   * A secret or private key. Generating adds its length, opening adds {@link LengthMark} where the
   * device is blind.
   *
   * @param more attributes that this way of making it needs
   */
  static Template kept(KeySpec spec, Template more) {
    Template template = protectedAs(spec, named(keptClass(spec), spec)).putAll(more);
    return spec.protection() == Protection.DOMAIN ? template.putAll(domain()) : template;
  }

  /**
   * The same as a session object under another label, to be copied into the token.
   *
   * @param spec no domain key, which no device copies
   */
  static Template draft(KeySpec spec, Template more) {
    return protectedAs(spec, named(keptClass(spec), spec, true, Drafts.LABEL)).putAll(more);
  }

  private static long keptClass(KeySpec spec) {
    return spec.type().isSecret() ? Ck.CKO_SECRET_KEY : Ck.CKO_PRIVATE_KEY;
  }

  private static Template protectedAs(KeySpec spec, Template template) {
    return template
        .put(Ck.CKA_SENSITIVE, true)
        .put(Ck.CKA_EXTRACTABLE, spec.protection() != Protection.NEVER_LEAVES);
  }

  // SoftHSM2 refuses further attributes after MODIFIABLE=false, so that and COPYABLE come last.
  private static Template domain() {
    Template opened = new Template().put(Ck.CKA_SENSITIVE, true).put(Ck.CKA_EXTRACTABLE, false);
    return new Template()
        .put(Ck.CKA_WRAP_WITH_TRUSTED, true)
        .put(Ck.CKA_UNWRAP_TEMPLATE, opened)
        .put(Ck.CKA_COPYABLE, false)
        .put(Ck.CKA_MODIFIABLE, false);
  }

  /** The public half of a pair that is generated. */
  static Template publicHalf(KeySpec spec) {
    Template template = named(Ck.CKO_PUBLIC_KEY, spec);
    return spec.type().family() == KeyType.Family.RSA
        ? template.put(Ck.CKA_MODULUS_BITS, spec.type().bits()).put(Ck.CKA_PUBLIC_EXPONENT, F4)
        : template.put(Ck.CKA_EC_PARAMS, Curve.of(spec.type()).oid());
  }

  /** A public key object that is created beside a private key that was opened. */
  static Template publicObject(KeySpec spec, PublicKey key) {
    return new Template()
        .put(Ck.CKA_CLASS, Ck.CKO_PUBLIC_KEY)
        .put(Ck.CKA_TOKEN, !spec.session())
        .put(Ck.CKA_PRIVATE, false)
        .put(Ck.CKA_ID, spec.id().bytes())
        .put(Ck.CKA_LABEL, spec.label())
        .putAll(Usages.template(Ck.CKO_PUBLIC_KEY, spec.usages()))
        .putAll(PublicKeys.template(key));
  }

  /** A secret session key for a moment's use, which has no names. */
  static Template temporary(KeyType type, boolean extractable, Set<KeyUsage> usages) {
    return new Template()
        .put(Ck.CKA_CLASS, type.isSecret() ? Ck.CKO_SECRET_KEY : Ck.CKO_PRIVATE_KEY)
        .put(Ck.CKA_KEY_TYPE, keyType(type))
        .put(Ck.CKA_TOKEN, false)
        .put(Ck.CKA_PRIVATE, true)
        .putAll(Usages.template(type.isSecret() ? Ck.CKO_SECRET_KEY : Ck.CKO_PRIVATE_KEY, usages))
        .put(Ck.CKA_SENSITIVE, true)
        .put(Ck.CKA_EXTRACTABLE, extractable);
  }

  static long keyType(KeyType type) {
    return switch (type.family()) {
      case AES -> Ck.CKK_AES;
      case SECRET -> Ck.CKK_GENERIC_SECRET;
      case RSA -> Ck.CKK_RSA;
      case EC -> Ck.CKK_EC;
      case EDWARDS -> Ck.CKK_EC_EDWARDS;
      case MONTGOMERY -> Ck.CKK_EC_MONTGOMERY;
    };
  }

  /**
   * Checks what no device could tell as well.
   *
   * @throws HsmException.BadInput if the protection does not suit the key
   */
  static void check(KeySpec spec) {
    Set<KeyUsage> wrapping = Set.of(KeyUsage.WRAP, KeyUsage.UNWRAP);
    if (spec.protection() == Protection.DOMAIN
        && (!spec.type().equals(KeyType.AES_256) || !spec.usages().equals(wrapping))) {
      throw new HsmException.BadInput(
          "key \""
              + spec.label()
              + "\" cannot be a domain key as "
              + spec.type()
              + " with "
              + spec.usages()
              + "; a domain key is AES_256 with WRAP and UNWRAP only");
    }
  }
}
