package io.strongroom.custody.ceremony;

import org.jspecify.annotations.Nullable;

/**
 * What may be known of a component or share. Immutable, nothing secret.
 *
 * @param number its place: the turn in which a component was entered, or a share's number
 * @param checkValue its check value, 6 hexadecimal digits
 * @param set the id of the set that a share belongs to; null for components
 */
public record Part(int number, String checkValue, @Nullable String set) {}
