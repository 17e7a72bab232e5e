package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.lang.foreign.MemorySegment;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads key objects, and puts the halves of a pair together. */
final class KeyReader {
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
   * @param id the key's id
   * @param label its label
   * @param type its kind and length
   * @param attributes what else was read
   */
  record KeyObject(
      long handle, long objectClass, KeyId id, String label, KeyType type, Attributes attributes) {}

  /**
   * Reads an object; null if it is no key, of no known kind, or has no id of 16 bytes or no label.
   */
  static @Nullable KeyObject read(Session session, long handle) {
    Attributes attributes = Attributes.read(session, handle, TYPES);
    long objectClass = attributes.number(Ck.CKA_CLASS);
    byte[] id = attributes.bytes(Ck.CKA_ID);
    String label = attributes.text(Ck.CKA_LABEL);
    KeyType type = type(attributes);
    boolean key =
        objectClass == Ck.CKO_SECRET_KEY
            || objectClass == Ck.CKO_PRIVATE_KEY
            || objectClass == Ck.CKO_PUBLIC_KEY;
    if (!key || SessionCopy.isCopy(id, label)) {
      return null;
    }
    if (id == null || id.length != KeyId.BYTES || label.isEmpty() || type == null) {
      return null;
    }
    return new KeyObject(handle, objectClass, KeyId.of(id), label, type, attributes);
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
    boolean publicOnly = main.objectClass == Ck.CKO_PUBLIC_KEY;
    KeyInfo info =
        new KeyInfo(
            main.id,
            main.label,
            main.type,
            usages,
            publicOnly ? Protection.NEVER_LEAVES : protection(session, main),
            main.attributes.isFalse(Ck.CKA_TOKEN),
            publicKey,
            List.of(session.generation().slot().label()));
    boolean sensitive = publicOnly || main.attributes.isTrue(Ck.CKA_SENSITIVE);
    return new KeyEntry(info, publicOnly ? 0 : main.handle, publicHandle, sensitive);
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
    if (keyType == Ck.CKK_GENERIC_SECRET) {
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
    int bits =
        PublicKeys.of(attributes) instanceof RSAPublicKey rsa ? rsa.getModulus().bitLength() : 0;
    return bits >= 1024 && bits <= 16384 && bits % 8 == 0
        ? new KeyType(KeyType.Family.RSA, bits)
        : null;
  }
}
