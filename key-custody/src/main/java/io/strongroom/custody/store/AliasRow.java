package io.strongroom.custody.store;

/** A row of {@code alias}. */
public record AliasRow(String name, String cmkId, long updatedMs) {}
