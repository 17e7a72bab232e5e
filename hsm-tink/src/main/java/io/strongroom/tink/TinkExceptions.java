package io.strongroom.tink;

import io.strongroom.hsm.HsmException;
import java.security.GeneralSecurityException;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;

/**
 * Makes Tink's exceptions out of the waist's. Only a tag that does not verify is an {@link
 * AEADBadTagException}; the {@link HsmException} is always the cause, and says whether a repeat is
 * safe.
 */
final class TinkExceptions {

  private TinkExceptions() {}

  static <T> T checked(Supplier<T> call) throws GeneralSecurityException {
    try {
      return call.get();
    } catch (HsmException.AuthenticationFailed e) {
      AEADBadTagException bad = new AEADBadTagException(e.text());
      bad.initCause(e);
      throw bad;
    } catch (HsmException e) {
      throw new GeneralSecurityException(e.text(), e);
    } catch (IllegalStateException e) {
      throw new GeneralSecurityException("the HSM is closed: " + e.getMessage(), e);
    }
  }
}
