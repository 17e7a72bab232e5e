package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.SecurityOfficer;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Set;

/** A session that is logged in as the security officer. */
final class Pkcs11Officer implements SecurityOfficer {
  private final Library library;
  private final Generation generation;
  private boolean closed;

  /** Logs in; closes the library with itself, or if it fails. */
  Pkcs11Officer(Library library, Pkcs11Uri uri) {
    this.library = library;
    try {
      TokenSlot slot = TokenSlot.find(library, uri);
      this.generation =
          new Generation(library.functions(), slot, (f, s, session) -> login(f, session, uri));
    } catch (CkException e) {
      throw ReturnCode.exception(e, uri.path() + ": log in as the security officer");
    }
  }

  private static void login(Cryptoki functions, long session, Pkcs11Uri uri) {
    try (Pin pin = Pin.read(uri.pinSource())) {
      functions.login(session, Ck.CKU_SO, pin.value(), pin.value().byteSize());
    }
  }

  @Override
  public void createTrusted(KeyId id, String label, RSAPublicKey publicKey) {
    run(
        "create the trusted key \"" + label + "\"",
        session -> {
          if (KeyDirectory.find(session, id) != null
              || !KeyDirectory.idsWithLabel(session, label).isEmpty()) {
            throw new HsmException.KeyExists(
                "token \""
                    + generation.slot().label()
                    + "\" has a key "
                    + id
                    + " or \""
                    + label
                    + "\" already; nothing was overwritten");
          }
          return session.create(trusted(id, label, publicKey));
        });
  }

  private static Template trusted(KeyId id, String label, RSAPublicKey publicKey) {
    return new Template()
        .put(Ck.CKA_CLASS, Ck.CKO_PUBLIC_KEY)
        .put(Ck.CKA_TOKEN, true)
        .put(Ck.CKA_PRIVATE, false)
        .put(Ck.CKA_ID, id.bytes())
        .put(Ck.CKA_LABEL, label)
        .putAll(Usages.template(Ck.CKO_PUBLIC_KEY, Set.of(KeyUsage.WRAP)))
        .put(Ck.CKA_TRUSTED, true)
        .putAll(PublicKeys.template(publicKey));
  }

  @Override
  public void destroyTrusted(KeyId id) {
    run(
        "destroy the trusted key " + id,
        session -> {
          KeyDirectory.require(session, id);
          List<Long> handles = KeyDirectory.handles(session, id);
          handles.forEach(session::destroy);
          return handles;
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      generation.logout();
      generation.close();
      library.close();
    }
  }

  private <T> T run(String what, SessionPool.Operation<T> operation) {
    if (closed) {
      throw new IllegalStateException("this SecurityOfficer is closed; open another one");
    }
    try {
      return generation.onControl(operation::in);
    } catch (CkException e) {
      throw ReturnCode.exception(e, "token \"" + generation.slot().label() + "\": " + what);
    }
  }
}
