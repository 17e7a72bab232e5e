/**
 * Customer master keys in hardware: {@link io.strongroom.custody.Custody} opens over any {@code
 * Hsm} and a store, and acts for a named principal through {@link
 * io.strongroom.custody.KeyService}.
 */
package io.strongroom.custody;
