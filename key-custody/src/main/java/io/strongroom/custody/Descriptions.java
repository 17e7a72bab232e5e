package io.strongroom.custody;

import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.TagRows;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Puts descriptions together from the store and from what the HSM says. */
final class Descriptions {

  /** A CMK as the store knows it. */
  record Known(
      CmkRow row, List<VersionRow> versions, List<String> aliases, Map<String, String> tags) {

    /** The id in the HSM of the version that is used, if there is material. */
    Optional<String> hsmKeyId() {
      return current().map(VersionRow::hsmKeyId);
    }

    private Optional<VersionRow> current() {
      return versions.stream()
          .filter(v -> v.version() == row.currentVersion() && v.hsmKeyId() != null)
          .findFirst();
    }
  }

  private Descriptions() {}

  /** A CMK as the store knows it, with the nodes that the HSM named; null if it did not answer. */
  static CmkDescription of(Handle handle, CmkRow row, @Nullable List<String> nodes) {
    return of(read(handle, List.of(row)).getFirst(), nodes);
  }

  /** What the store knows of CMKs, in their order. */
  static List<Known> read(Handle handle, List<CmkRow> rows) {
    List<String> ids = rows.stream().map(CmkRow::id).toList();
    Map<String, List<VersionRow>> versions = VersionRows.of(handle, ids);
    Map<String, List<String>> aliases = AliasRows.of(handle, ids);
    Map<String, Map<String, String>> tags = TagRows.of(handle, ids);
    return rows.stream()
        .map(row ->
            new Known(
                row,
                versions.getOrDefault(row.id(), List.of()),
                aliases.getOrDefault(row.id(), List.of()),
                tags.getOrDefault(row.id(), Map.of())))
        .toList();
  }

  /** The same with the nodes that the HSM named for the version that is used. */
  static CmkDescription of(Known known, @Nullable List<String> nodes) {
    CmkRow row = known.row();
    Optional<VersionRow> current = known.current();
    boolean missing = current.isPresent() && nodes != null && nodes.isEmpty();
    KeyState state = Lookup.state(row);
    CmkRow.Rotation rotation = row.rotation();
    return new CmkDescription(
        UUID.fromString(row.id()),
        known.aliases(),
        missing && state == KeyState.ENABLED ? KeyState.UNAVAILABLE : state,
        Lookup.origin(row),
        Lookup.spec(row),
        Lookup.use(row),
        row.currentVersion(),
        current.map(VersionRow::kcv).orElse(null),
        row.description(),
        known.tags(),
        Instant.ofEpochMilli(row.createdMs()),
        current.map(VersionRow::expiresMs).map(Instant::ofEpochMilli).orElse(null),
        instant(row.deleteAfterMs()),
        rotation == null
            ? null
            : new RotationSchedule(rotation.days(), Instant.ofEpochMilli(rotation.nextMs())),
        nodes == null ? List.of() : nodes,
        known.versions().stream().map(Descriptions::version).toList());
  }

  private static KeyVersion version(VersionRow row) {
    return new KeyVersion(
        row.version(),
        row.kcv(),
        row.hsmKeyId() != null,
        Instant.ofEpochMilli(row.createdMs()),
        instant(row.expiresMs()));
  }

  private static @Nullable Instant instant(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }
}
