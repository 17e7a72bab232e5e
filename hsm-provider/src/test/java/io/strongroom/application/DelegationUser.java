package io.strongroom.application;

import io.strongroom.provider.HsmProvider;
import java.util.stream.Collectors;
import javax.crypto.KeyGenerator;

/** An application that tells what its provider leaves to SunPKCS11, and uses it otherwise. */
public final class DelegationUser {

  private DelegationUser() {}

  /** Takes the URL. */
  public static void main(String[] arguments) throws Exception {
    try (HsmProvider provider = new HsmProvider().configure(arguments[0])) {
      KeyGenerator.getInstance("AES", provider).generateKey();
      System.out.println(
          "delegated="
              + provider.getServices().stream()
                  .filter(service -> service.getAttribute("Delegated") != null)
                  .map(service -> service.getType() + "." + service.getAlgorithm())
                  .sorted()
                  .collect(Collectors.toList()));
    }
  }
}
