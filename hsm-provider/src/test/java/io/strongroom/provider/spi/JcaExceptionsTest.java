package io.strongroom.provider.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.strongroom.hsm.HsmException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyStoreException;
import java.security.ProviderException;
import java.security.SignatureException;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.IllegalBlockSizeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class JcaExceptionsTest {

  private final HsmException notFound = new HsmException.KeyNotFound("no key");
  private final HsmException badInput = new HsmException.BadInput("bad input");
  private final HsmException failed = new HsmException.AuthenticationFailed("bad tag");
  private final HsmException denied = new HsmException.AccessDenied("denied");
  private final HsmException gone = new HsmException.DeviceUnavailable("gone");

  @Test
  void aead_mapsEachKind() {
    expect(
        e -> () -> JcaExceptions.aead(() -> raise(e)),
        Map.of(
            failed, AEADBadTagException.class,
            badInput, IllegalBlockSizeException.class,
            notFound, ProviderException.class,
            gone, ProviderException.class));
  }

  @Test
  void cipher_mapsEachKind() {
    expect(
        e -> () -> JcaExceptions.cipher(() -> raise(e)),
        Map.of(
            failed, BadPaddingException.class,
            badInput, IllegalBlockSizeException.class,
            gone, ProviderException.class));
  }

  @Test
  void signature_mapsEachKind() {
    expect(
        e -> () -> JcaExceptions.signature(() -> raise(e)),
        Map.of(
            badInput, SignatureException.class,
            notFound, SignatureException.class,
            gone, ProviderException.class));
  }

  @Test
  void keysAndParameters_mapEachKind() {
    expect(
        e -> () -> JcaExceptions.invalidKey(() -> raise(e)),
        Map.of(notFound, InvalidKeyException.class, gone, ProviderException.class));
    expect(
        e -> () -> JcaExceptions.parameters(() -> raise(e)),
        Map.of(badInput, InvalidAlgorithmParameterException.class, gone, ProviderException.class));
    expect(
        e -> () -> JcaExceptions.keyStore(() -> raise(e)),
        Map.of(
            notFound, KeyStoreException.class,
            denied, KeyStoreException.class,
            gone, ProviderException.class));
    expect(
        e -> () -> JcaExceptions.unchecked(() -> raise(e)),
        Map.of(notFound, ProviderException.class, gone, ProviderException.class));
  }

  private static void expect(
      Function<HsmException, ThrowingCallable> call,
      Map<HsmException, Class<? extends Exception>> expected) {
    expected.forEach((cause, type) ->
        assertThat(catchThrowable(call.apply(cause)))
            .isExactlyInstanceOf(type)
            .hasMessage(cause.getMessage())
            .hasCause(cause));
  }

  private static Object raise(HsmException e) {
    throw e;
  }
}
