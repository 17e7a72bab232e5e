package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.Descriptions.Known;
import io.strongroom.custody.store.CmkFilter;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists CMKs, page by page. */
final class KeyList {

  private final Parts parts;

  KeyList(Parts parts) {
    this.parts = parts;
  }

  /** All keys. */
  List<CmkDescription> all() {
    List<CmkDescription> keys = new ArrayList<>();
    KeyQuery query = KeyQuery.first(KeyQuery.MAX_LIMIT);
    while (true) {
      KeyPage page = page(query);
      keys.addAll(page.keys());
      if (page.nextMarker() == null) {
        return keys;
      }
      query = query.after(page.nextMarker());
    }
  }

  KeyPage page(Call call, KeyQuery query) {
    call.detail("limit", query.limit())
        .detail("marker", query.marker())
        .detail("state", query.state());
    query.tags().forEach((name, value) -> call.detail("tag." + name, value));
    return page(query);
  }

  private KeyPage page(KeyQuery query) {
    long after = sequence(query.marker());
    // One row more than asked for tells whether there is a next page.
    CmkFilter filter = new CmkFilter(after, stored(query.state()), query.tags(), query.limit() + 1);
    List<Known> known =
        parts.database().read(handle -> Descriptions.read(handle, CmkRows.page(handle, filter)));
    List<Known> page = known.subList(0, Math.min(known.size(), query.limit()));
    return new KeyPage(
        described(page)
            .filter(key -> query.state() == null || key.state() == query.state())
            .toList(),
        known.size() > query.limit() ? String.valueOf(page.getLast().row().sequence()) : null);
  }

  private Stream<CmkDescription> described(List<Known> page) {
    List<String> hsmKeyIds = page.stream().map(Known::hsmKeyId).flatMap(Optional::stream).toList();
    Map<String, List<String>> places = Places.of(parts.hsm(), hsmKeyIds);
    return page.stream()
        .flatMap(known -> {
          List<String> nodes =
              known.hsmKeyId().map(id -> places.getOrDefault(id, List.of())).orElse(List.of());
          CmkDescription described = Descriptions.of(known, nodes);
          // It may have been destroyed since the store was read: then the store tells now.
          return described.state() == KeyState.UNAVAILABLE
              ? again(known.row()).stream()
              : Stream.of(described);
        });
  }

  private Optional<CmkDescription> again(CmkRow seen) {
    Optional<Known> known =
        parts
            .database()
            .read(handle ->
                CmkRows.find(handle, seen.id())
                    .map(row -> Descriptions.read(handle, List.of(row)).getFirst()));
    return known.map(key ->
        Descriptions.of(
            key, key.hsmKeyId().map(id -> Places.of(parts.hsm(), id)).orElse(List.of())));
  }

  private static @Nullable String stored(@Nullable KeyState state) {
    return switch (state) {
      case null -> null;
      // Seen, and not stored.
      case UNAVAILABLE -> KeyState.ENABLED.name();
      case PENDING_IMPORT, ENABLED, DISABLED, PENDING_DELETION -> state.name();
    };
  }

  private static long sequence(@Nullable String marker) {
    try {
      return marker == null ? 0 : Long.parseLong(marker);
    } catch (NumberFormatException e) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "\"%s\" is no marker; give the one that came with the page before, or none"
              .formatted(marker.length() > 64 ? marker.substring(0, 64) + "…" : marker),
          e);
    }
  }
}
