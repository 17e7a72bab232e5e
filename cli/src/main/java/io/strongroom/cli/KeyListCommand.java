package io.strongroom.cli;

import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.KeyPage;
import io.strongroom.custody.KeyQuery;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.KeyState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code strongroom key list}: all keys, or a page of them. */
@Command(name = "list", description = "List keys, the oldest first.")
final class KeyListCommand extends CustodyCall {
  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many at most, 1 to 1000 (default: all).")
  @Nullable Integer limit;

  @Option(
      names = "--marker",
      paramLabel = "M",
      description = "Go on where a page ended: its nextMarker.")
  @Nullable String marker;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      converter = StateConverter.class,
      completionCandidates = States.class,
      description = "Only keys in this state: ${COMPLETION-CANDIDATES}.")
  @Nullable KeyState state;

  @Option(
      names = "--tag",
      paramLabel = "k=v",
      converter = Pair.Converter.class,
      description = "Only keys with this tag. May be repeated.")
  List<Pair> tags = List.of();

  @Override
  void prepare() {
    Pair.map(spec, "--tag", tags);
    Usage.require(
        spec,
        limit == null || (limit >= 1 && limit <= KeyQuery.MAX_LIMIT),
        "--limit is 1 to " + KeyQuery.MAX_LIMIT + ", not " + limit);
  }

  @Override
  int run(CustodySession session, Output output) {
    KeyQuery query =
        new KeyQuery(
            limit == null ? KeyQuery.MAX_LIMIT : limit,
            marker,
            state,
            Pair.map(spec, "--tag", tags));
    KeyPage page = limit == null ? all(session.keys(), query) : session.keys().listKeys(query);
    output.page(
        page.keys().stream().map(Documents::of).toList(),
        page.nextMarker(),
        "keyId",
        "aliases",
        "state",
        "origin",
        "spec",
        "version",
        "kcv",
        "nodes");
    return ExitCode.DONE;
  }

  private static KeyPage all(KeyService keys, KeyQuery first) {
    List<CmkDescription> all = new ArrayList<>();
    KeyQuery query = first;
    while (true) {
      KeyPage page = keys.listKeys(query);
      all.addAll(page.keys());
      if (page.nextMarker() == null) {
        return new KeyPage(all, null);
      }
      query = query.after(page.nextMarker());
    }
  }

  /** States by the names that users see. */
  static final class StateConverter implements ITypeConverter<KeyState> {
    @Override
    public KeyState convert(String text) {
      return Arrays.stream(KeyState.values())
          .filter(state -> state.toString().equalsIgnoreCase(text))
          .findFirst()
          .orElseThrow(() ->
              new TypeConversionException(
                  "got \"" + text + "\", wanted one of " + List.of(KeyState.values())));
    }
  }

  /** The names of all states. */
  static final class States implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(KeyState.values()).map(KeyState::toString).iterator();
    }
  }
}
