package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.security.PublicKey;

/**
 * Another application on the same SoftHSM2 token, which puts pairs there whose private half it
 * knows. The waist has no way to do so, but uses such keys.
 */
public final class AgreementObjects implements AutoCloseable {
  private final Library library;
  private final Generation generation;

  /** Opens the token; it is logged in to by the {@code Hsm} under test. */
  public AgreementObjects(String url) {
    Pkcs11Uri uri = Pkcs11Uri.parse(url);
    library = Library.open(uri.modulePath(), uri.environment());
    generation = new Generation(library.functions(), TokenSlot.find(library, uri), (_, _, _) -> {});
  }

  /** Creates both halves with the names and usages of a spec, as SoftHSM2 wants them. */
  public void create(KeySpec spec, byte[] privateKey, PublicKey publicKey) {
    byte[] point = Der.tlv(Der.OCTET_STRING, PublicKeys.point(publicKey));
    Template secret =
        named(Ck.CKO_PRIVATE_KEY, spec)
            .put(Ck.CKA_SENSITIVE, true)
            .put(Ck.CKA_EXTRACTABLE, false)
            .put(Ck.CKA_VALUE, privateKey);
    Template shown = named(Ck.CKO_PUBLIC_KEY, spec).put(Ck.CKA_EC_POINT, point);
    generation.onControl(session -> session.create(secret));
    generation.onControl(session -> session.create(shown));
  }

  private static Template named(long objectClass, KeySpec spec) {
    boolean nist = spec.type().family() == KeyType.Family.EC;
    return new Template()
        .put(Ck.CKA_CLASS, objectClass)
        .put(Ck.CKA_KEY_TYPE, nist ? Ck.CKK_EC : Ck.CKK_EC_EDWARDS)
        .put(Ck.CKA_TOKEN, !spec.session())
        .put(Ck.CKA_PRIVATE, objectClass == Ck.CKO_PRIVATE_KEY)
        .put(Ck.CKA_ID, spec.id().bytes())
        .put(Ck.CKA_LABEL, spec.label())
        .put(Ck.CKA_EC_PARAMS, Curve.of(spec.type()).oid())
        .putAll(Usages.template(objectClass, spec.usages()));
  }

  @Override
  public void close() {
    generation.close();
    library.close();
  }
}
