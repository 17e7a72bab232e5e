package io.strongroom.custody.chain;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to be recorded; sequence, time and hashes are the chain's. Immutable. */
public record AuditEntry(
    String principal,
    String operation,
    @Nullable String keyId,
    @Nullable String alias,
    String result,
    List<String> nodes,
    Map<String, String> details) {}
