package io.strongroom.custody.store;

import org.jspecify.annotations.Nullable;

/** A row of {@code cmk_version}; {@code hsmKeyId} is null where the material is gone. */
public record VersionRow(
    String cmkId,
    int version,
    @Nullable String hsmKeyId,
    String kcv,
    String fingerprint,
    long createdMs,
    @Nullable Long expiresMs) {}
