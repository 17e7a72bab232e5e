package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType.Family;
import java.security.InvalidKeyException;
import java.security.Key;
import java.util.ArrayList;
import java.util.List;

/** The keys that no engine takes. */
final class KeyCases {

  private KeyCases() {}

  /** An engine's {@code init}. */
  interface Init {
    void with(Key key) throws Exception;
  }

  /** A way to get a key. */
  private interface Source {
    Key get() throws Exception;
  }

  @SuppressWarnings("NullAway") // no key is one of the cases
  static List<BadInput> of(BadInputBench bench, Family family, Init init) {
    List<BadInput> cases = new ArrayList<>();
    add(cases, "no key", init, () -> null);
    add(cases, "a key in software", init, () -> bench.inSoftware(family));
    add(cases, "a key of a foreign provider", init, () -> BadInputBench.opaque(family));
    add(cases, "a key of another token", init, () -> bench.ofAnotherToken(family));
    add(cases, "a key of a closed provider", init, () -> bench.inClosed(family));
    add(cases, "a key of another family", init, () -> bench.ofAnotherFamily(family));
    add(cases, "a key without the usage", init, () -> bench.mute(family));
    add(cases, "a destroyed key", init, () -> bench.destroyed(family));
    return cases;
  }

  private static void add(List<BadInput> cases, String what, Init init, Source key) {
    cases.add(new BadInput(what, InvalidKeyException.class, () -> init.with(key.get())));
  }
}
