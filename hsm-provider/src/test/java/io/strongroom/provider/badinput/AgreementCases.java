package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyType.Family;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.IvParameterSpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Key agreements. */
@SuppressWarnings("NullAway") // null is one of the cases
final class AgreementCases {

  private final BadInputBench bench;
  private final String name;
  private final Family family;
  private final List<BadInput> cases = new ArrayList<>();

  AgreementCases(BadInputBench bench, String name) {
    this.bench = bench;
    this.name = name;
    this.family = BadInputs.family(name);
  }

  List<BadInput> all() {
    // A Montgomery key can do nothing but derive, so there is none without the usage.
    KeyCases.of(bench, family, key -> ours().init(key)).stream()
        .filter(bad -> family == Family.EC || !bad.what().equals("a key without the usage"))
        .forEach(cases::add);
    add(
        "parameters of another kind",
        InvalidAlgorithmParameterException.class,
        () -> ours().init(good(), new IvParameterSpec(new byte[16])));
    add(
        "a phase before init",
        IllegalStateException.class,
        () -> ours().doPhase(bench.publicHalf(good()), true));
    add("a secret before init", IllegalStateException.class, () -> ours().generateSecret("AES"));
    add(
        "a secret before the phase",
        IllegalStateException.class,
        () -> initialised().generateSecret("AES"));
    add("no peer", InvalidKeyException.class, () -> initialised().doPhase(null, true));
    add(
        "a private key as peer",
        InvalidKeyException.class,
        () -> initialised().doPhase(good(), true));
    add(
        "a peer on another curve",
        InvalidKeyException.class,
        () -> initialised().doPhase(bench.publicHalf(bench.good(KeyType.EC_P384)), true));
    add(
        "a phase that is not the last",
        IllegalStateException.class,
        () -> initialised().doPhase(bench.publicHalf(good()), false));
    add(
        "a secret of an unknown kind",
        NoSuchAlgorithmException.class,
        () -> agreed().generateSecret("DES"));
    add("the secret's value", UnsupportedOperationException.class, () -> agreed().generateSecret());
    if (!name.equals("X448")) { // it has X25519 pairs only
      add("a closed provider", ProviderException.class, this::agreeInClosed);
    }
    return cases;
  }

  private void add(String what, Class<? extends Throwable> contract, ThrowingCallable use) {
    cases.add(new BadInput(what, contract, use));
  }

  private KeyAgreement ours() throws Exception {
    return KeyAgreement.getInstance(name, bench.provider);
  }

  private Key good() throws Exception {
    return name.equals("X448") ? bench.good(KeyType.X448) : bench.good(family);
  }

  private KeyAgreement initialised() throws Exception {
    KeyAgreement agreement = ours();
    agreement.init(good());
    return agreement;
  }

  private KeyAgreement agreed() throws Exception {
    KeyAgreement agreement = initialised();
    agreement.doPhase(bench.publicHalf(good()), true);
    return agreement;
  }

  private void agreeInClosed() throws Exception {
    KeyAgreement agreement = KeyAgreement.getInstance(name, bench.closed);
    agreement.init(bench.inClosed(family));
    agreement.doPhase(bench.publicHalf(good()), true);
    agreement.generateSecret("AES");
  }
}
