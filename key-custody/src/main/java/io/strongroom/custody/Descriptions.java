package io.strongroom.custody;

import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.VersionRow;
import io.strongroom.custody.store.VersionRows;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Puts descriptions together from the store and from what the HSM says. */
final class Descriptions {

  private Descriptions() {}

  /** A CMK as the store knows it, with the nodes that the HSM named. */
  static CmkDescription of(Handle handle, CmkRow row, List<String> nodes) {
    List<VersionRow> versions = VersionRows.of(handle, row.id());
    Optional<VersionRow> current =
        versions.stream()
            .filter(v -> v.version() == row.currentVersion() && v.hsmKeyId() != null)
            .findFirst();
    boolean missing = current.isPresent() && nodes.isEmpty();
    KeyState state = Lookup.state(row);
    return new CmkDescription(
        UUID.fromString(row.id()),
        AliasRows.of(handle, row.id()),
        missing && state == KeyState.ENABLED ? KeyState.UNAVAILABLE : state,
        KeyOrigin.valueOf(row.origin()),
        Lookup.spec(row),
        Lookup.spec(row).use(),
        row.currentVersion(),
        current.map(VersionRow::kcv).orElse(null),
        row.description(),
        Instant.ofEpochMilli(row.createdMs()),
        current.map(VersionRow::expiresMs).map(Instant::ofEpochMilli).orElse(null),
        instant(row.deleteAfterMs()),
        nodes,
        versions.stream().map(Descriptions::version).toList());
  }

  /** Where the HSM has a CMK's current version; empty where it has it nowhere. */
  static List<String> nodes(Hsm hsm, Optional<VersionRow> current) {
    String id = current.map(VersionRow::hsmKeyId).orElse(null);
    if (id == null) {
      return List.of();
    }
    try {
      return hsm.key(KeyId.parse(id)).locations();
    } catch (HsmException.KeyNotFound e) {
      return List.of();
    }
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
