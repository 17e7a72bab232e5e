package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.security.PublicKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads key objects, and puts the halves of a pair together. */
final class KeyReader {
  // Secrets for HMAC with one digest alone (PKCS#11 v2.40 §2.20 to 2.25), as other tools make them.
  private static final Set<Long> HMAC_TYPES =
      Set.of(
          Ck.CKK_SHA_1_HMAC,
          Ck.CKK_SHA256_HMAC,
          Ck.CKK_SHA384_HMAC,
          Ck.CKK_SHA512_HMAC,
          Ck.CKK_SHA224_HMAC);

  private static final long[] TYPES = {
    Ck.CKA_CLASS,
    Ck.CKA_KEY_TYPE,
    Ck.CKA_ID,
    Ck.CKA_LABEL,
    Ck.CKA_TOKEN,
    Ck.CKA_SENSITIVE,
    Ck.CKA_EXTRACTABLE,
    Ck.CKA_WRAP_WITH_TRUSTED,
    Ck.CKA_MODIFIABLE,
    Ck.CKA_COPYABLE,
    Ck.CKA_ENCRYPT,
    Ck.CKA_DECRYPT,
    Ck.CKA_SIGN,
    Ck.CKA_VERIFY,
    Ck.CKA_WRAP,
    Ck.CKA_UNWRAP,
    Ck.CKA_DERIVE,
    Ck.CKA_VALUE_LEN,
    Ck.CKA_ALLOWED_MECHANISMS,
    Ck.CKA_MODULUS,
    Ck.CKA_PUBLIC_EXPONENT,
    Ck.CKA_EC_PARAMS,
    Ck.CKA_EC_POINT
  };

  private KeyReader() {}

  /** The attributes that tell a key. */
  static long[] types() {
    return TYPES.clone();
  }

  /**
   * One key object.
   *
   * @param handle its handle
   * @param objectClass {@code CKO_*}
   * @param name what it is called
   * @param type its kind and length
   * @param attributes what else was read
   */
  record KeyObject(
      long handle, long objectClass, KeyName name, KeyType type, Attributes attributes) {}

  /** Reads an object; null if it is no key, of no known kind or length, or has no name. */
  static @Nullable KeyObject read(Session session, long handle) {
    Attributes attributes = Attributes.read(session, handle, TYPES);
    long objectClass = attributes.number(Ck.CKA_CLASS);
    byte[] id = attributes.bytes(Ck.CKA_ID);
    String label = attributes.text(Ck.CKA_LABEL);
    KeyName name = name(session, objectClass, attributes);
    KeyType type = type(attributes);
    boolean key =
        objectClass == Ck.CKO_SECRET_KEY
            || objectClass == Ck.CKO_PRIVATE_KEY
            || objectClass == Ck.CKO_PUBLIC_KEY;
    if (!key || SessionCopy.isCopy(id, label) || Drafts.isDraft(attributes)) {
      return null;
    }
    return name == null || type == null
        ? null
        : new KeyObject(handle, objectClass, name, type, attributes);
  }

  // SunPKCS11 labels a certificate with the alias, and leaves the private key without a label.
  private static @Nullable KeyName name(Session session, long objectClass, Attributes attributes) {
    KeyName name = KeyName.of(attributes);
    boolean bare = objectClass == Ck.CKO_PRIVATE_KEY && attributes.text(Ck.CKA_LABEL).isEmpty();
    String label = name != null && bare ? CertifiedKeys.label(session, name) : "";
    return name == null || label.isEmpty() ? name : name.labelled(label);
  }

  /** Puts the objects with one id together; null if there are none. */
  static @Nullable KeyEntry combine(Session session, List<KeyObject> objects) {
    if (objects.isEmpty()) {
      return null;
    }
    KeyObject main = objects.getFirst();
    long publicHandle = 0;
    PublicKey publicKey = null;
    Set<KeyUsage> usages = EnumSet.noneOf(KeyUsage.class);
    for (KeyObject object : objects) {
      boolean isPublic = object.objectClass == Ck.CKO_PUBLIC_KEY;
      main = isPublic ? main : object;
      publicHandle = isPublic ? object.handle : publicHandle;
      publicKey = publicKey == null || isPublic ? publicKey(object) : publicKey;
      usages.addAll(Usages.read(object.objectClass, object.attributes));
    }
    if (publicKey == null && !main.type.isSecret()) {
      publicKey = CertifiedKeys.find(session, main.name);
    }
    boolean publicOnly = main.objectClass == Ck.CKO_PUBLIC_KEY;
    KeyInfo info =
        new KeyInfo(
            main.name.id(),
            main.name.label(),
            main.type,
            usages,
            publicOnly ? Protection.NEVER_LEAVES : protection(session, main),
            main.attributes.isFalse(Ck.CKA_TOKEN),
            publicKey,
            List.of(session.generation().slot().label()));
    String ambiguity = ambiguity(objects);
    if (ambiguity != null) {
      return KeyEntry.ambiguous(info, ambiguity);
    }
    boolean sensitive = publicOnly || main.attributes.isTrue(Ck.CKA_SENSITIVE);
    return new KeyEntry(info, publicOnly ? 0 : main.handle, publicHandle, sensitive);
  }

  /** Why these are more than one key; null if they are one. */
  private static @Nullable String ambiguity(List<KeyObject> objects) {
    List<KeyObject> kept =
        objects.stream().filter(o -> o.objectClass != Ck.CKO_PUBLIC_KEY).toList();
    boolean oneKind = objects.stream().map(KeyObject::type).distinct().count() == 1;
    boolean onePublic =
        objects.stream()
                .map(KeyReader::publicKey)
                .filter(Objects::nonNull)
                .map(PublicKey::hashCode)
                .distinct()
                .count()
            <= 1;
    if (kept.size() <= 1 && oneKind && onePublic) {
      return null;
    }
    return objects.size()
        + " objects of the token claim to be this key, labelled "
        + objects.stream().map(o -> '"' + o.name.label() + '"').sorted().toList()
        + "; which is meant cannot be told: give all but one another CKA_ID, with the tool that"
        + " made them";
  }

  private static @Nullable PublicKey publicKey(KeyObject object) {
    return object.type.isSecret() ? null : PublicKeys.of(object.attributes);
  }

  /** How firmly the device says that it holds the object. */
  private static Protection protection(Session session, KeyObject object) {
    Attributes attributes = object.attributes;
    if (attributes.isTrue(Ck.CKA_SENSITIVE) && attributes.isFalse(Ck.CKA_EXTRACTABLE)) {
      return Protection.NEVER_LEAVES;
    }
    boolean domain =
        attributes.isTrue(Ck.CKA_SENSITIVE)
            && attributes.isTrue(Ck.CKA_WRAP_WITH_TRUSTED)
            && attributes.isFalse(Ck.CKA_MODIFIABLE)
            && attributes.isFalse(Ck.CKA_COPYABLE)
            && hasUnwrapTemplate(session, object.handle);
    return domain ? Protection.DOMAIN : Protection.LEAVES_WRAPPED;
  }

  // Only the template's size is asked: SoftHSM2 does not give its contents.
  private static boolean hasUnwrapTemplate(Session session, long handle) {
    Template.Native query =
        new Template().put(Ck.CKA_UNWRAP_TEMPLATE, new byte[0]).in(session.memory());
    query.at().set(ADDRESS, 8, MemorySegment.NULL);
    long answer = session.functions().getAttributeValue(session.handle(), handle, query.at(), 1);
    long bytes = query.at().get(JAVA_LONG, 16);
    return answer == 0 && bytes != Ck.UNAVAILABLE_INFORMATION && bytes > 0;
  }

  private static @Nullable KeyType type(Attributes attributes) {
    long keyType = attributes.number(Ck.CKA_KEY_TYPE);
    if (keyType == Ck.CKK_AES) {
      return LengthMark.read(KeyType.Family.AES, attributes);
    }
    if (keyType == Ck.CKK_GENERIC_SECRET || HMAC_TYPES.contains(keyType)) {
      return LengthMark.read(KeyType.Family.SECRET, attributes);
    }
    if (keyType == Ck.CKK_RSA) {
      return rsaType(attributes);
    }
    byte[] parameters = attributes.bytes(Ck.CKA_EC_PARAMS);
    Curve curve = parameters == null ? null : Curve.ofParameters(parameters);
    return curve == null ? null : curve.type();
  }

  private static @Nullable KeyType rsaType(Attributes attributes) {
    byte[] modulus = attributes.bytes(Ck.CKA_MODULUS);
    int bits = modulus == null ? 0 : new BigInteger(1, modulus).bitLength();
    return bits >= 1024 && bits <= 16384 && bits % 8 == 0
        ? new KeyType(KeyType.Family.RSA, bits)
        : null;
  }
}
