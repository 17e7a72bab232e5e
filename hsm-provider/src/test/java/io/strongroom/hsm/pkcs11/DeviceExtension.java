package io.strongroom.hsm.pkcs11;

import io.strongroom.softhsm.NssToken;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class the {@link Url} of a device of its own: a SoftHSM2 token, or a database of NSS
 * softoken where the class is {@link OnNss}. So a test class runs on both by being extended.
 */
public final class DeviceExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(DeviceExtension.class);

  /** What {@code Hsm.open} takes. */
  public record Url(String text) {}

  /** The class wants NSS softoken. */
  @Retention(RetentionPolicy.RUNTIME)
  public @interface OnNss {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Url.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    boolean nss = context.getRequiredTestClass().isAnnotationPresent(OnNss.class);
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(Device.class, _ -> nss ? Device.nss() : Device.softHsm(), Device.class)
        .url;
  }

  /** Closed by JUnit with the store that holds it. */
  private record Device(Path dir, Url url, Runnable deletion) implements AutoCloseable {
    static Device nss() {
      Path dir = folder();
      NssToken token = NssToken.create(dir);
      return new Device(dir, new Url(token.url()), token::delete);
    }

    static Device softHsm() {
      Path dir = folder();
      SoftHsmToken token = SoftHsmToken.create(dir, "test").withOwnLibrary();
      return new Device(dir, new Url(token.url()), token::delete);
    }

    private static Path folder() {
      try {
        return Files.createTempDirectory("strongroom-device-");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      deletion.run();
      Files.deleteIfExists(dir);
    }
  }
}
