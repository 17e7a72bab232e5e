package io.strongroom.provider.spi;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A service that is left to SunPKCS11. Its attribute {@code Delegated} says so. */
final class DelegatedService extends Provider.Service {

  // Provider.Service is not serializable; the engines are made by constructor reference.
  private final Device device;
  private final Delegation delegation;
  private final DelegateRow row;

  DelegatedService(Provider provider, Device device, Delegation delegation, DelegateRow row) {
    super(
        provider,
        row.type(),
        row.algorithm(),
        row.engine().getName(),
        row.aliases(),
        Map.of("ThreadSafe", "false", "Delegated", "SunPKCS11"));
    this.device = device;
    this.delegation = delegation;
    this.row = row;
  }

  @Override
  public Object newInstance(@Nullable Object constructorParameter) throws NoSuchAlgorithmException {
    if (constructorParameter != null) {
      throw new NoSuchAlgorithmException(
          row.type()
              + " "
              + row.algorithm()
              + " takes no constructor parameter, got "
              + constructorParameter.getClass().getName());
    }
    if (AskedBy.list()) {
      throw new NoSuchAlgorithmException(
          row.type()
              + " "
              + row.algorithm()
              + " is the HSM's only for callers that name the provider; give it to getInstance");
    }
    return row.constructor().apply(device, delegation);
  }

  /** Only keys that live in SunPKCS11, so that keys in software fall through to other providers. */
  @Override
  public boolean supportsParameter(@Nullable Object parameter) {
    return DelegatedKey.isIn(delegation, parameter);
  }
}
