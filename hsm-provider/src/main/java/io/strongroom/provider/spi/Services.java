package io.strongroom.provider.spi;

import io.strongroom.hsm.HsmInfo;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The services that a provider has over one device. */
public final class Services {

  private Services() {}

  /**
   * One service for each row of the table whose mechanism the device has; and what is left to
   * SunPKCS11, where that is at hand and no row has one of its names.
   */
  public static List<Provider.Service> of(Provider provider, Device device, HsmInfo info) {
    List<ServiceRow> own =
        ServiceTable.rows().stream().filter(row -> row.availableOn(info)).toList();
    Delegation delegation = Delegation.over(device);
    return Stream.concat(
            own.stream().map(row -> new RowService(provider, device, row)),
            delegation == null
                ? Stream.<Provider.Service>empty()
                : DelegateTable.rows().stream()
                    .filter(row -> row.availableOn(info) && !row.isIn(own))
                    .map(row -> new DelegatedService(provider, device, delegation, row)))
        .toList();
  }

  private static final class RowService extends Provider.Service {

    // Provider.Service is not serializable; the engines are made by constructor reference.
    private final Device device;
    private final ServiceRow row;

    RowService(Provider provider, Device device, ServiceRow row) {
      super(
          provider,
          row.type(),
          row.algorithm(),
          row.maker().engine().getName(),
          row.aliases(),
          Map.of("ThreadSafe", String.valueOf(row.type().equals("SecureRandom"))));
      this.device = device;
      this.row = row;
    }

    @Override
    public Object newInstance(@Nullable Object constructorParameter)
        throws NoSuchAlgorithmException {
      Object engine = row.maker().constructor().apply(device);
      if (constructorParameter != null && engine instanceof HkdfDerivation kdf) {
        try {
          return kdf.with(constructorParameter);
        } catch (InvalidAlgorithmParameterException e) {
          throw new NoSuchAlgorithmException(e.getMessage(), e);
        }
      }
      if (constructorParameter != null) {
        throw new NoSuchAlgorithmException(
            row.type()
                + " "
                + row.algorithm()
                + " takes no constructor parameter, got "
                + constructorParameter.getClass().getName());
      }
      return engine;
    }

    /** Only keys of this device, so that keys in software fall through to other providers. */
    @Override
    public boolean supportsParameter(@Nullable Object parameter) {
      return row.accepts() == null
          ? super.supportsParameter(parameter)
          : LogicalKey.isIn(device, parameter, row.accepts());
    }
  }
}
