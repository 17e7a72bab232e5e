package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.StoreFailure;
import io.strongroom.hsm.HsmException;
import java.io.UncheckedIOException;
import org.jdbi.v3.core.JdbiException;

/** Turns what HSM and store throw into custody's own exceptions. */
final class Errors {

  private Errors() {}

  /** The exception to throw for this one; programming errors stay what they are. */
  static RuntimeException of(RuntimeException e) {
    return switch (e) {
      case CustodyException custody -> custody;
      case HsmException hsm -> of(hsm);
      case JdbiException jdbi -> store(jdbi);
      case UncheckedIOException io -> store(io);
      default -> e;
    };
  }

  private static CustodyException of(HsmException e) {
    return switch (e) {
      case HsmException.KeyNotFound notFound ->
          new CustodyException.Unavailable(
              Reason.KEY_MISSING,
              "the store knows this key, the HSM does not have it (%s); bring its tokens back, or import the material again"
                  .formatted(notFound.text()),
              e);
      case HsmException.KeyExists exists ->
          new CustodyException.Refused(Reason.UNDER_WAY, exists.text(), e);
      case HsmException.UnsupportedMechanism unsupported ->
          new CustodyException.Refused(Reason.NOT_SUPPORTED, unsupported.text(), e);
      case HsmException.BadInput bad ->
          new CustodyException.BadInput(Reason.MALFORMED, bad.text(), e);
      case HsmException.AuthenticationFailed failed ->
          new CustodyException.AuthenticationFailed(failed.text(), e);
      case HsmException.AccessDenied denied ->
          new CustodyException.Refused(Reason.ACCESS_DENIED, denied.text(), e);
      case HsmException.Throttled throttled -> device(throttled);
      case HsmException.DeadlineExceeded late -> device(late);
      case HsmException.DeviceUnavailable away -> device(away);
    };
  }

  private static CustodyException device(HsmException e) {
    return new CustodyException.Unavailable(Reason.DEVICE, e.text(), e);
  }

  private static CustodyException store(RuntimeException e) {
    return new CustodyException.Unavailable(
        Reason.STORE, "the store could not be used: " + StoreFailure.explain(e), e);
  }
}
