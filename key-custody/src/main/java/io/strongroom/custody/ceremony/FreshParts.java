package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Fresh random components or shares of a key that nobody has seen. The key itself is wiped at once;
 * its check value stays. For one thread.
 */
public final class FreshParts {

  private final Scheme scheme;
  private final CheckValues checkValues;
  private final List<Secret> texts;
  private final Secret typed;
  private final List<Part> parts = new ArrayList<>();
  private final String keyCheckValue;

  /** Draws a key, from the kernel's random source. */
  public FreshParts(Scheme scheme, CheckValues checkValues, SecretMemory memory) {
    this.scheme = scheme;
    this.checkValues = checkValues;
    this.typed = memory.secret(scheme.partBytes());
    Secret key = memory.secret(Share.VALUE_BYTES);
    this.texts =
        switch (scheme) {
          case Scheme.Components components -> components(components, memory, key);
          case Scheme.Shares shares -> shares(shares, memory, key);
        };
    this.keyCheckValue = checkValues.of(key);
    key.wipe();
  }

  private List<Secret> components(Scheme.Components wanted, SecretMemory memory, Secret key) {
    List<Secret> made = secrets(memory, wanted.custodians(), Share.VALUE_BYTES);
    for (Secret component : made) {
      SecretMemory.randomise(component);
      key.xor(component);
      parts.add(new Part(parts.size() + 1, checkValues.of(component), null));
    }
    return made;
  }

  private List<Secret> shares(Scheme.Shares wanted, SecretMemory memory, Secret key) {
    SecretMemory.randomise(key);
    Secret id = memory.secret(Integer.BYTES);
    SecretMemory.randomise(id);
    int setId = id.memory().asByteBuffer().getInt();
    List<Secret> coefficients = Shamir.coefficients(memory, wanted.custodians(), Share.VALUE_BYTES);
    List<Secret> values = secrets(memory, wanted.shares(), Share.VALUE_BYTES);
    Shamir.split(key, coefficients, values);
    List<Secret> made = secrets(memory, wanted.shares(), Share.BYTES);
    for (int i = 0; i < made.size(); i++) {
      Share share = new Share(setId, wanted.custodians(), wanted.shares(), i + 1, values.get(i));
      share.write(checkValues, made.get(i));
      parts.add(new Part(share.number(), checkValues.of(share.value()), share.setName()));
    }
    coefficients.forEach(Secret::wipe);
    values.forEach(Secret::wipe);
    return made;
  }

  /** What may be known of the parts. */
  public List<Part> parts() {
    return List.copyOf(parts);
  }

  /** The check value of the whole key. */
  public String keyCheckValue() {
    return keyCheckValue;
  }

  /** How many characters a part has as a text. */
  public int textSize() {
    return HexText.size(scheme.partBytes());
  }

  /**
   * Writes a part as hexadecimal digits in groups of four.
   *
   * @param index 0 for the first
   * @param text of {@link #textSize} bytes
   */
  public void write(int index, Secret text) {
    HexText.write(texts.get(index), text);
  }

  /**
   * Makes sure that a custodian has written his part down rightly.
   *
   * @throws CustodyException.BadInput if what he typed is anything else
   */
  public void requireTypedBack(int index, Secret line) {
    try {
      typed.wipe();
      HexText.parse(line, typed);
      if (!typed.sameAs(texts.get(index))) {
        throw new CustodyException.BadInput(
            Reason.COMPONENT,
            "what was typed is not the %s that was shown; correct what you wrote down"
                .formatted(scheme.partName()));
      }
    } finally {
      typed.wipe();
    }
  }

  /** Wipes a part that its custodian has. */
  public void wipe(int index) {
    texts.get(index).wipe();
  }

  private static List<Secret> secrets(SecretMemory memory, int count, int bytes) {
    return IntStream.range(0, count).mapToObj(_ -> memory.secret(bytes)).toList();
  }
}
