package io.strongroom.custody;

/**
 * What came of a re-encryption. Immutable as long as the ciphertext is not changed.
 *
 * @param ciphertext what to keep from now on
 * @param changed false if it was under the current version of that key, in that context, already:
 *     then it is the ciphertext that was handed in
 */
public record Reencrypted(Ciphertext ciphertext, boolean changed) {}
