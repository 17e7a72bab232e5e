package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import java.security.interfaces.XECPublicKey;
import java.util.Objects;

/**
 * Another application on the same SoftHSM2 token, which puts X25519 and X448 pairs there whose
 * private half it knows. The waist has no way to do so, but uses such keys.
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
  public void create(KeySpec spec, byte[] privateKey, XECPublicKey publicKey) {
    byte[] point = Der.tlv(Der.OCTET_STRING, PublicKeys.point(Objects.requireNonNull(publicKey)));
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
    return new Template()
        .put(Ck.CKA_CLASS, objectClass)
        .put(Ck.CKA_KEY_TYPE, Ck.CKK_EC_EDWARDS)
        .put(Ck.CKA_TOKEN, !spec.session())
        .put(Ck.CKA_PRIVATE, objectClass == Ck.CKO_PRIVATE_KEY)
        .put(Ck.CKA_ID, spec.id().bytes())
        .put(Ck.CKA_LABEL, spec.label())
        .put(Ck.CKA_EC_PARAMS, parameters(spec.type()))
        .putAll(Usages.template(objectClass, spec.usages()));
  }

  private static byte[] parameters(KeyType type) {
    return Curve.of(type).oid();
  }

  @Override
  public void close() {
    generation.close();
    library.close();
  }
}
