package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretMemory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes custodians' components or shares one after the other, and puts the key together when all
 * are there. A part is offered first, and counts once it is accepted; one that is rejected leaves
 * everything as it was. Messages tell a custodian of his own part only. For one thread.
 */
public final class Assembly {

  private final Scheme scheme;
  private final CheckValues checkValues;
  private final Secret offered;
  private final Secret again;
  private final List<Secret> slots = new ArrayList<>();
  private final List<Secret> values = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private @Nullable Share firstShare;

  /** An assembly with nothing in it. */
  public Assembly(Scheme scheme, CheckValues checkValues, SecretMemory memory) {
    this.scheme = scheme;
    this.checkValues = checkValues;
    this.offered = memory.secret(scheme.partBytes());
    this.again = memory.secret(scheme.partBytes());
    for (int i = 0; i < scheme.custodians(); i++) {
      slots.add(memory.secret(scheme.partBytes()));
    }
  }

  /**
   * Reads what a custodian has entered, in hexadecimal digits.
   *
   * @return its check value
   * @throws CustodyException.BadInput if it is no component or share
   */
  public String offer(Secret line) {
    offered.wipe();
    HexText.parse(line, offered);
    return switch (scheme) {
      case Scheme.Components _ -> checkValues.of(offered);
      case Scheme.Shares _ -> checkValues.of(Share.read(checkValues, offered).value());
    };
  }

  /**
   * Makes sure that a part was entered twice in the same way.
   *
   * @throws CustodyException.BadInput if it was not
   */
  public void requireSameAgain(Secret line) {
    try {
      again.wipe();
      HexText.parse(line, again);
      if (!again.sameAs(offered)) {
        throw rejected("the two entries differ; enter the %s twice in the same way");
      }
    } finally {
      again.wipe();
    }
  }

  /**
   * Makes what was offered last one of the parts.
   *
   * @throws CustodyException.BadInput if it was entered before, does not belong to the same set, or
   *     is evidently not random
   */
  public Part accept() {
    Secret slot = slots.get(parts.size());
    Part part =
        switch (scheme) {
          case Scheme.Components _ -> acceptComponent();
          case Scheme.Shares shares -> acceptShare(shares);
        };
    slot.copy(offered);
    offered.wipe();
    values.add(scheme instanceof Scheme.Components ? slot : Share.read(checkValues, slot).value());
    parts.add(part);
    return part;
  }

  private Part acceptComponent() {
    Strength.require("the component", offered);
    if (values.stream().anyMatch(offered::sameAs)) {
      throw rejected(
          "this %s was entered before, and would cancel itself out; enter the one that is yours");
    }
    return new Part(parts.size() + 1, checkValues.of(offered), null);
  }

  private Part acceptShare(Scheme.Shares wanted) {
    Share share = Share.read(checkValues, offered);
    if (share.threshold() != wanted.custodians() || share.count() != wanted.shares()) {
      throw rejected(
          "this %%s is one of %d of which %d are needed, and this ceremony is for %d of which %d are needed; begin it with --threshold %2$d --shares %1$d"
              .formatted(share.count(), share.threshold(), wanted.shares(), wanted.custodians()));
    }
    Share first = firstShare;
    if (first != null && !first.belongsWith(share)) {
      throw rejected(
          "this %%s is of set %s, and this ceremony's is %s; enter the one of that set"
              .formatted(share.setName(), first.setName()));
    }
    if (parts.stream().anyMatch(part -> part.number() == share.number())) {
      throw rejected("this %s was entered before; enter the one that is yours");
    }
    firstShare = first == null ? share : first;
    return new Part(share.number(), checkValues.of(share.value()), share.setName());
  }

  /** What was accepted so far, in that order. */
  public List<Part> parts() {
    return List.copyOf(parts);
  }

  /** Forgets what was offered last. */
  public void withdraw() {
    offered.wipe();
    again.wipe();
  }

  /**
   * Puts the key together, and wipes the parts.
   *
   * @throws CustodyException.BadInput if the key is zero or evidently not random
   * @throws IllegalStateException if a part is missing
   */
  public void combine(Secret key) {
    if (parts.size() != scheme.custodians()) {
      throw new IllegalStateException(
          "%d of %d parts are there".formatted(parts.size(), scheme.custodians()));
    }
    try {
      switch (scheme) {
        case Scheme.Components _ -> {
          key.wipe();
          values.forEach(key::xor);
        }
        case Scheme.Shares _ ->
            Shamir.restore(parts.stream().map(Part::number).toList(), values, key);
      }
      Strength.require("what the custodians entered makes a key that", key);
    } catch (RuntimeException e) {
      key.wipe();
      throw e;
    } finally {
      slots.forEach(Secret::wipe);
    }
  }

  private CustodyException rejected(String message) {
    return new CustodyException.BadInput(Reason.COMPONENT, message.formatted(scheme.partName()));
  }
}
