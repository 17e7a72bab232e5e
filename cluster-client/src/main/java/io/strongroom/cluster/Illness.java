package io.strongroom.cluster;

import io.strongroom.cluster.balance.Outcome;
import io.strongroom.hsm.HsmException;

/** Tells what is wrong with a node's device from what is wrong with a call. */
final class Illness {

  private Illness() {}

  /**
   * The failure as a cluster's client has to see it: a device that does not take its own node's PIN
   * denies access, but not to the caller, and another node may take its own.
   */
  static HsmException of(HsmException e) {
    HsmException.Answer answer = e.answer();
    return e instanceof HsmException.AccessDenied
            && answer != null
            && (answer.returnName().startsWith("CKR_PIN_")
                || answer.returnName().startsWith("CKR_USER_"))
        ? new HsmException.DeviceUnavailable(e.text(), e, answer, e.node())
        : e;
  }

  /**
   * Whether another node has to say if this is true: the code that SoftHSM2 gives for a wrong tag
   * is also that of a device out of order.
   */
  static boolean isSuspected(HsmException e) {
    HsmException.Answer answer = e.answer();
    return e instanceof HsmException.AuthenticationFailed
        && answer != null
        && answer.returnName().equals("CKR_GENERAL_ERROR");
  }

  /**
   * What the failure of an attempt says of the node.
   *
   * @param wasLost whether its connection has ended, which was reported for all
   * @param hadTime whether it had so much that silence says something
   */
  static Outcome outcome(HsmException e, boolean wasLost, boolean hadTime) {
    return switch (e) {
      case HsmException.Throttled _ -> Outcome.THROTTLED;
      case HsmException.DeadlineExceeded _ -> hadTime ? Outcome.FAILED : Outcome.UNTOLD;
      case HsmException.DeviceUnavailable _ -> wasLost ? Outcome.LOST : Outcome.FAILED;
      case HsmException.AuthenticationFailed _ -> isSuspected(e) ? Outcome.UNTOLD : Outcome.REFUSED;
      case HsmException.KeyNotFound _,
          HsmException.KeyExists _,
          HsmException.UnsupportedMechanism _,
          HsmException.BadInput _,
          HsmException.AccessDenied _ ->
          Outcome.REFUSED;
    };
  }
}
