package io.strongroom.hsm;

/**
 * How busy an HSM is at a moment, for whoever watches it. Immutable; the numbers are read one after
 * the other and may not fit together exactly.
 *
 * @param running calls that the device is doing now
 * @param waiting calls that wait for their turn
 * @param limit how many calls may be at the device at once now: as many as it takes well
 * @param most the most that this can become, as the URL and the device say
 * @param hanging calls that were given up and have not returned yet; when there are {@code most},
 *     only a new process helps
 * @param abandoned how many calls were ever given up
 */
public record HsmLoad(int running, int waiting, int limit, int most, int hanging, long abandoned) {

  /** Of an HSM that does not say. */
  public static final HsmLoad UNKNOWN = new HsmLoad(0, 0, 0, 0, 0, 0);

  /** Whether no call can be made any more because too many have not returned. */
  public boolean isStuck() {
    return most > 0 && hanging >= most;
  }
}
