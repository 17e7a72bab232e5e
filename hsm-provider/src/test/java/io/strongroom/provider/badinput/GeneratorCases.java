package io.strongroom.provider.badinput;

import io.strongroom.provider.HsmKeySpec;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidParameterException;
import java.security.KeyPairGenerator;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.KeyGenerator;
import javax.crypto.spec.IvParameterSpec;

/** Generators of keys and of pairs. */
@SuppressWarnings("NullAway") // null is one of the cases
final class GeneratorCases {

  private static final AtomicInteger LABELS = new AtomicInteger();

  private final BadInputBench bench;
  private final String name;
  private final List<BadInput> cases = new ArrayList<>();

  GeneratorCases(BadInputBench bench, String name) {
    this.bench = bench;
    this.name = name;
  }

  /** A generator's {@code init}. */
  private interface Init {
    void with(AlgorithmParameterSpec parameters) throws Exception;
  }

  List<BadInput> secrets() {
    addParameters(parameters -> secretGenerator().init(parameters));
    for (int bits : new int[] {-8, 0, 7, 4104}) {
      cases.add(
          new BadInput(
              bits + " bits", InvalidParameterException.class, () -> secretGenerator().init(bits)));
    }
    cases.add(
        new BadInput(
            "a label that is taken",
            ProviderException.class,
            () -> {
              String label = "taken-" + LABELS.incrementAndGet();
              for (int i = 0; i < 2; i++) {
                KeyGenerator generator = secretGenerator();
                generator.init(HsmKeySpec.session(label));
                generator.generateKey();
              }
            }));
    cases.add(
        new BadInput(
            "a closed provider",
            ProviderException.class,
            () -> KeyGenerator.getInstance(name, bench.closed).generateKey()));
    return cases;
  }

  List<BadInput> pairs() {
    addParameters(parameters -> pairGenerator().initialize(parameters));
    for (int bits : new int[] {-8, 0, 7, 100_000}) {
      cases.add(
          new BadInput(
              bits + " bits",
              InvalidParameterException.class,
              () -> pairGenerator().initialize(bits)));
    }
    cases.add(
        new BadInput(
            "a label that is taken",
            ProviderException.class,
            () -> {
              String label = "taken-" + LABELS.incrementAndGet();
              for (int i = 0; i < 2; i++) {
                KeyPairGenerator generator = pairGenerator();
                generator.initialize(HsmKeySpec.session(label));
                generator.generateKeyPair();
              }
            }));
    cases.add(
        new BadInput(
            "a closed provider",
            ProviderException.class,
            () -> KeyPairGenerator.getInstance(name, bench.closed).generateKeyPair()));
    return cases;
  }

  private void addParameters(Init init) {
    addParameters(init, "no parameters", null);
    addParameters(init, "parameters of another kind", new IvParameterSpec(new byte[16]));
    addParameters(init, "an empty label", HsmKeySpec.token(""));
    addParameters(init, "a label with a line break", HsmKeySpec.token("a\nb"));
    addParameters(init, "a label of 256 bytes", HsmKeySpec.token("x".repeat(256)));
    addParameters(init, "a reserved label", HsmKeySpec.token("strongroom-x"));
    addParameters(init, "a length of 7 bits", HsmKeySpec.session("x").withBits(7));
  }

  private void addParameters(Init init, String what, AlgorithmParameterSpec parameters) {
    cases.add(
        new BadInput(what, InvalidAlgorithmParameterException.class, () -> init.with(parameters)));
  }

  private KeyGenerator secretGenerator() throws Exception {
    return KeyGenerator.getInstance(name, bench.provider);
  }

  private KeyPairGenerator pairGenerator() throws Exception {
    return KeyPairGenerator.getInstance(name, bench.provider);
  }
}
