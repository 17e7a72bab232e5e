package io.strongroom.hsm.pkcs11;

/**
 * Makes objects as no code of ours would, in a token that the {@code Hsm} under test logs in to.
 */
final class RawObjects implements AutoCloseable {
  private final Library library;
  private final Generation generation;

  RawObjects(String url) {
    Pkcs11Uri uri = Pkcs11Uri.parse(url);
    library = Library.open(uri.modulePath(), uri.environment());
    generation = new Generation(library.functions(), TokenSlot.find(library, uri), (_, _, _) -> {});
  }

  void create(Template template) {
    generation.onControl(session -> session.create(template));
  }

  /** A secret token key that anyone who is logged in can read. */
  void secret(Template template) {
    create(
        template
            .put(Ck.CKA_CLASS, Ck.CKO_SECRET_KEY)
            .put(Ck.CKA_TOKEN, true)
            .put(Ck.CKA_PRIVATE, true)
            .put(Ck.CKA_SENSITIVE, false)
            .put(Ck.CKA_EXTRACTABLE, true));
  }

  @Override
  public void close() {
    generation.close();
    library.close();
  }
}
