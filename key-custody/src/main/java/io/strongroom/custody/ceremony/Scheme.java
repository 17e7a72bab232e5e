package io.strongroom.custody.ceremony;

/** How a key is made of what custodians have. */
public sealed interface Scheme {

  /** The fewest custodians that a ceremony has. */
  int MIN_CUSTODIANS = 2;

  /** The most custodians that a ceremony has. */
  int MAX_CUSTODIANS = 8;

  /** How many custodians enter theirs. */
  int custodians();

  /** What a custodian has, as prompts call it. */
  String partName();

  /** How many bytes a custodian enters. */
  int partBytes();

  /**
   * The exclusive or of components as long as the key, all of which are needed.
   *
   * @param custodians how many components, 2 to 8
   */
  record Components(int custodians) implements Scheme {
    @Override
    public String partName() {
      return "component";
    }

    @Override
    public int partBytes() {
      return Share.VALUE_BYTES;
    }
  }

  /**
   * Shamir's secret sharing, of whose shares as many as the threshold are needed.
   *
   * @param custodians the threshold, 2 to 8
   * @param shares how many shares were made, up to 8
   */
  record Shares(int custodians, int shares) implements Scheme {
    @Override
    public String partName() {
      return "share";
    }

    @Override
    public int partBytes() {
      return Share.BYTES;
    }
  }
}
