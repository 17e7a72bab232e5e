package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeySpec;
import java.security.PublicKey;

/**
 * Another application on the same token, which puts public keys there. The waist has no way to do
 * so, but uses such keys.
 */
public final class PublicObjects implements AutoCloseable {
  private final Library library;
  private final Generation generation;

  /** Opens the token; it is logged in to by the {@code Hsm} under test. */
  public PublicObjects(String url) {
    Pkcs11Uri uri = Pkcs11Uri.parse(url);
    library = Library.open(uri.modulePath(), uri.environment());
    generation = new Generation(library.functions(), TokenSlot.find(library, uri), (_, _, _) -> {});
  }

  /** Creates a public key object with the names and usages of a spec. */
  public void create(KeySpec spec, PublicKey key) {
    generation.onControl(session -> session.create(KeyTemplates.publicObject(spec, key)));
  }

  @Override
  public void close() {
    generation.close();
    library.close();
  }
}
