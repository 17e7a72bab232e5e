package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmDriver;
import io.strongroom.hsm.SecurityOfficer;
import java.util.function.Function;

/** Opens {@code pkcs11:} URLs (RFC 7512). Safe for use by many threads. */
public final class Pkcs11Driver implements HsmDriver {

  /** Made by {@link java.util.ServiceLoader}. */
  public Pkcs11Driver() {}

  @Override
  public String scheme() {
    return "pkcs11";
  }

  @Override
  public Hsm open(String url) {
    Pkcs11Uri uri = Pkcs11Uri.parse(url);
    return withLibrary(
        uri,
        library -> {
          SessionPool pool = new SessionPool(library, uri);
          return new Pkcs11Hsm(pool, Capabilities.read(library, pool.slot()));
        });
  }

  @Override
  public SecurityOfficer openOfficer(String url) {
    Pkcs11Uri uri = Pkcs11Uri.parse(url);
    return withLibrary(uri, library -> new Pkcs11Officer(library, uri));
  }

  private static <T> T withLibrary(Pkcs11Uri uri, Function<Library, T> opening) {
    Library library = Library.open(uri.modulePath(), uri.environment());
    boolean opened = false;
    try {
      T result = opening.apply(library);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        library.close();
      }
    }
  }
}
