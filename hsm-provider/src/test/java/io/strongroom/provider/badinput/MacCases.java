package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType.Family;
import java.security.InvalidAlgorithmParameterException;
import java.security.Key;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;

/** Message authentication codes. */
final class MacCases {

  private final BadInputBench bench;
  private final String name;
  private final Family family;

  MacCases(BadInputBench bench, String name) {
    this.bench = bench;
    this.name = name;
    this.family = BadInputs.family(name);
  }

  List<BadInput> all() {
    List<BadInput> cases = new ArrayList<>(KeyCases.of(bench, family, key -> ours().init(key)));
    cases.add(
        new BadInput(
            "parameters",
            InvalidAlgorithmParameterException.class,
            () -> ours().init(bench.good(family), new IvParameterSpec(new byte[16]))));
    cases.add(new BadInput("use before init", IllegalStateException.class, () -> ours().doFinal()));
    cases.add(
        new BadInput(
            "update before init", IllegalStateException.class, () -> ours().update((byte) 1)));
    cases.add(
        new BadInput(
            "too short a buffer",
            ShortBufferException.class,
            () -> with(bench.good(family)).doFinal(new byte[4], 0)));
    cases.add(
        new BadInput(
            "a key that is gone",
            ProviderException.class,
            () -> with(bench.gone(family)).doFinal()));
    cases.add(
        new BadInput(
            "a closed provider",
            ProviderException.class,
            () -> {
              Mac mac = Mac.getInstance(name, bench.closed);
              mac.init(bench.inClosed(family));
              mac.doFinal(BadInputBench.secret(3));
            }));
    return cases;
  }

  private Mac ours() throws Exception {
    return Mac.getInstance(name, bench.provider);
  }

  private Mac with(Key key) throws Exception {
    Mac mac = ours();
    mac.init(key);
    return mac;
  }
}
