package io.strongroom.cli;

import io.strongroom.custody.ceremony.Scheme;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that say how a key is made of what custodians have. */
final class SchemeOptions {

  @Option(
      names = "--threshold",
      paramLabel = "M",
      description = "Shamir's shares in the place of components: so many of them give the key.")
  @Nullable Integer threshold;

  @Option(names = "--shares", paramLabel = "N", description = "How many shares there are.")
  @Nullable Integer shares;

  /**
   * The scheme.
   *
   * @param components how many components were asked for; null if nobody said
   * @param named how many custodians are named
   */
  Scheme scheme(CommandSpec spec, @Nullable Integer components, int named) {
    Integer m = threshold;
    Integer n = shares;
    Usage.require(
        spec,
        (m == null) == (n == null) && (m == null || components == null),
        "give either a number of components, or --threshold and --shares");
    if (m != null && n != null) {
      Usage.require(spec, m <= n, "--threshold %d is above --shares %d".formatted(m, n));
      return new Scheme.Shares(m, n);
    }
    int fromNames = named == 0 ? Scheme.MIN_CUSTODIANS : named;
    return new Scheme.Components(components == null ? fromNames : components);
  }
}
