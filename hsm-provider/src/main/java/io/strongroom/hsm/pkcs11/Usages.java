package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyUsage;
import java.util.EnumSet;
import java.util.Set;

/** Which usages each class of object can have, and their attributes. */
final class Usages {
  private static final Set<KeyUsage> OF_PUBLIC =
      EnumSet.of(KeyUsage.ENCRYPT, KeyUsage.VERIFY, KeyUsage.WRAP);
  private static final Set<KeyUsage> OF_PRIVATE =
      EnumSet.of(KeyUsage.DECRYPT, KeyUsage.SIGN, KeyUsage.UNWRAP, KeyUsage.DERIVE);

  private Usages() {}

  static Set<KeyUsage> possible(long objectClass) {
    if (objectClass == Ck.CKO_PUBLIC_KEY) {
      return OF_PUBLIC;
    }
    return objectClass == Ck.CKO_PRIVATE_KEY ? OF_PRIVATE : EnumSet.allOf(KeyUsage.class);
  }

  /** The numbers of the usage attributes that an object of this class can have. */
  static long[] attributes(long objectClass) {
    return possible(objectClass).stream().mapToLong(Usages::attribute).toArray();
  }

  /** The usage attributes of an object of this class: each that it can have, true or false. */
  static Template template(long objectClass, Set<KeyUsage> usages) {
    Template template = new Template();
    for (KeyUsage usage : possible(objectClass)) {
      template.put(attribute(usage), usages.contains(usage));
    }
    return template;
  }

  /** The usage attributes of an object of this class but for these usages, all false. */
  static Template without(long objectClass, Set<KeyUsage> usages) {
    Template template = new Template();
    for (KeyUsage usage : possible(objectClass)) {
      if (!usages.contains(usage)) {
        template.put(attribute(usage), false);
      }
    }
    return template;
  }

  /** The usages that these attributes allow. */
  static Set<KeyUsage> read(long objectClass, Attributes attributes) {
    Set<KeyUsage> usages = EnumSet.noneOf(KeyUsage.class);
    for (KeyUsage usage : possible(objectClass)) {
      if (attributes.isTrue(attribute(usage))) {
        usages.add(usage);
      }
    }
    return usages;
  }

  static long attribute(KeyUsage usage) {
    return switch (usage) {
      case ENCRYPT -> Ck.CKA_ENCRYPT;
      case DECRYPT -> Ck.CKA_DECRYPT;
      case SIGN -> Ck.CKA_SIGN;
      case VERIFY -> Ck.CKA_VERIFY;
      case WRAP -> Ck.CKA_WRAP;
      case UNWRAP -> Ck.CKA_UNWRAP;
      case DERIVE -> Ck.CKA_DERIVE;
    };
  }
}
