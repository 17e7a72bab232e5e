package io.strongroom.hsm;

/**
 * The result of an encryption. The arrays belong to the caller.
 *
 * @param iv the IV that was used, the device's own for GCM where none was given; empty for
 *     algorithms without one
 * @param bytes the ciphertext, for GCM with the tag at its end
 */
public record Encrypted(byte[] iv, byte[] bytes) {}
