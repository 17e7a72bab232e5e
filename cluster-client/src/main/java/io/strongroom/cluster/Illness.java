package io.strongroom.cluster;

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
}
