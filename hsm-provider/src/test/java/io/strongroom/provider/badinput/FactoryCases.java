package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType.Family;
import io.strongroom.provider.HsmKeySpec;
import java.security.Key;
import java.security.KeyFactory;
import java.security.ProviderException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Key factories of both kinds. */
@SuppressWarnings("NullAway") // null is one of the cases
final class FactoryCases {

  private final BadInputBench bench;
  private final String name;
  private final Family family;
  private final List<BadInput> cases = new ArrayList<>();

  FactoryCases(BadInputBench bench, String name) {
    this.bench = bench;
    this.name = name;
    this.family = BadInputs.family(name);
  }

  List<BadInput> keyFactory() {
    add("no spec", InvalidKeySpecException.class, () -> pairs().generatePublic(null));
    add(
        "a public key of junk",
        InvalidKeySpecException.class,
        () -> pairs().generatePublic(new X509EncodedKeySpec(BadInputBench.secret(40))));
    add("no private spec", InvalidKeySpecException.class, () -> pairs().generatePrivate(null));
    add(
        "a private key in clear",
        InvalidKeySpecException.class,
        () -> pairs().generatePrivate(new PKCS8EncodedKeySpec(BadInputBench.secret(40))));
    add(
        "the value of a private key",
        InvalidKeySpecException.class,
        () -> pairs().getKeySpec(bench.good(family), PKCS8EncodedKeySpec.class));
    add("no class", InvalidKeySpecException.class, () -> pairs().getKeySpec(good(), null));
    add("no key", InvalidKeySpecException.class, () -> pairs().getKeySpec(null, HsmKeySpec.class));
    addTranslation(key -> pairs().translateKey(key));
    add(
        "a closed provider",
        ProviderException.class,
        () ->
            KeyFactory.getInstance(name, bench.closed)
                .getKeySpec(bench.inClosed(family), HsmKeySpec.class));
    return cases;
  }

  List<BadInput> secretKeyFactory() {
    add("no spec", InvalidKeySpecException.class, () -> secrets().generateSecret(null));
    add(
        "a key in clear",
        InvalidKeySpecException.class,
        () -> secrets().generateSecret(new SecretKeySpec(BadInputBench.secret(32), "AES")));
    add(
        "the value of a key",
        InvalidKeySpecException.class,
        () -> secrets().getKeySpec((SecretKey) good(), SecretKeySpec.class));
    add(
        "a class that is no spec",
        InvalidKeySpecException.class,
        () -> secrets().getKeySpec((SecretKey) good(), String.class));
    add(
        "no class",
        InvalidKeySpecException.class,
        () -> secrets().getKeySpec((SecretKey) good(), null));
    add(
        "no key",
        InvalidKeySpecException.class,
        () -> secrets().getKeySpec(null, HsmKeySpec.class));
    addTranslation(key -> secrets().translateKey((SecretKey) key));
    add(
        "a closed provider",
        ProviderException.class,
        () ->
            SecretKeyFactory.getInstance(name, bench.closed)
                .getKeySpec((SecretKey) bench.inClosed(family), HsmKeySpec.class));
    return cases;
  }

  // No usage is wanted to translate.
  private void addTranslation(KeyCases.Init translate) {
    KeyCases.of(bench, family, translate).stream()
        .filter(bad -> !bad.what().equals("a key without the usage"))
        .forEach(cases::add);
    add(
        "a key that is gone",
        InvalidKeySpecException.class,
        () -> {
          Key gone = bench.gone(family);
          if (gone instanceof SecretKey secret) {
            secrets().getKeySpec(secret, HsmKeySpec.class);
          } else {
            pairs().getKeySpec(gone, HsmKeySpec.class);
          }
        });
  }

  private void add(String what, Class<? extends Throwable> contract, ThrowingCallable use) {
    cases.add(new BadInput(what, contract, use));
  }

  private Key good() throws Exception {
    return bench.good(family);
  }

  private KeyFactory pairs() throws Exception {
    return KeyFactory.getInstance(name, bench.provider);
  }

  private SecretKeyFactory secrets() throws Exception {
    return SecretKeyFactory.getInstance(name, bench.provider);
  }
}
