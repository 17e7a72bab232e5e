package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType.Family;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.List;

/** The key store and the random source. */
@SuppressWarnings("NullAway") // null is one of the cases
final class StoreCases {

  private final BadInputBench bench;
  private final String name;

  StoreCases(BadInputBench bench, String name) {
    this.bench = bench;
    this.name = name;
  }

  List<BadInput> keyStore() {
    return List.of(
        new BadInput(
            "a file",
            IOException.class,
            () -> empty().load(new ByteArrayInputStream(new byte[1]), null)),
        new BadInput("a PIN", IOException.class, () -> empty().load(null, "^^^^".toCharArray())),
        new BadInput("use before load", KeyStoreException.class, () -> empty().aliases()),
        new BadInput(
            "storing into a file",
            IOException.class,
            () -> loaded().store(new ByteArrayOutputStream(), null)),
        new BadInput(
            "a key in software",
            KeyStoreException.class,
            () -> loaded().setKeyEntry("x", bench.inSoftware(Family.AES), null, null)),
        new BadInput(
            "no key", KeyStoreException.class, () -> loaded().setKeyEntry("x", null, null, null)),
        new BadInput(
            "an encoded key",
            KeyStoreException.class,
            () -> loaded().setKeyEntry("x", BadInputBench.secret(32), null)),
        new BadInput(
            "a key of another token",
            KeyStoreException.class,
            () -> loaded().setKeyEntry("x", bench.ofAnotherToken(Family.AES), null, null)),
        new BadInput(
            "no certificate",
            KeyStoreException.class,
            () -> loaded().setCertificateEntry("x", null)),
        new BadInput(
            "deleting what is not there",
            KeyStoreException.class,
            () -> loaded().deleteEntry("nothing")),
        new BadInput(
            "deleting one of Strongroom's own",
            KeyStoreException.class,
            () -> loaded().deleteEntry("strongroom-domain")),
        new BadInput(
            "a closed provider",
            ProviderException.class,
            () -> {
              KeyStore store = KeyStore.getInstance(name, bench.closed);
              store.load(null, null);
              store.aliases();
            }));
  }

  List<BadInput> random() {
    return List.of(
        new BadInput(
            "a seed of a negative length",
            IllegalArgumentException.class,
            () -> SecureRandom.getInstance(name, bench.provider).generateSeed(-1)),
        new BadInput(
            "no array",
            NullPointerException.class,
            () -> SecureRandom.getInstance(name, bench.provider).nextBytes(null)),
        new BadInput(
            "a closed provider",
            ProviderException.class,
            () -> SecureRandom.getInstance(name, bench.closed).nextBytes(new byte[8])));
  }

  private KeyStore empty() throws Exception {
    return KeyStore.getInstance(name, bench.provider);
  }

  private KeyStore loaded() throws Exception {
    KeyStore store = empty();
    store.load(null, null);
    return store;
  }
}
