package io.strongroom.hsm;

import java.util.List;
import java.util.ServiceLoader;

/**
 * Opens HSMs of one URL scheme; found with {@link ServiceLoader}. A device that does not speak
 * PKCS#11 is added by providing another one.
 */
public interface HsmDriver {

  /** The URL scheme without the colon, in lower case: {@code pkcs11}. */
  String scheme();

  /**
   * Opens an HSM.
   *
   * @param url the whole URL, scheme included
   * @throws HsmException.BadInput if the URL is malformed or says something this driver refuses
   * @throws HsmException.AccessDenied if the device refuses the PIN; it is not tried a second time
   * @throws HsmException.DeviceUnavailable if there is no such library, token or cluster
   */
  Hsm open(String url);

  /**
   * Logs in as a token's security officer; see {@link SecurityOfficer#open}.
   *
   * @throws HsmException.BadInput if this kind of HSM has no security officer
   */
  default SecurityOfficer openOfficer(String url) {
    throw new HsmException.BadInput(
        "a " + scheme() + ": URL names no token with a security officer; use a pkcs11: URL");
  }

  /**
   * The driver for a URL.
   *
   * @throws HsmException.BadInput if there is none
   */
  static HsmDriver forUrl(String url) {
    int colon = url.indexOf(':');
    String scheme = url.substring(0, Math.max(0, colon));
    List<HsmDriver> drivers =
        ServiceLoader.load(HsmDriver.class, HsmDriver.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    return drivers.stream()
        .filter(d -> d.scheme().equalsIgnoreCase(scheme))
        .findFirst()
        .orElseThrow(() ->
            new HsmException.BadInput(
                (colon < 0
                        ? "the HSM's URL has no scheme"
                        : "no HSM driver for the scheme \"" + scheme + "\"")
                    + "; there are "
                    + drivers.stream().map(d -> d.scheme() + ":").toList()
                    + " — check the URL, and that the driver's jar is on the path"));
  }
}
