/**
 * Key ceremonies: components and shares of key material, their combination, its wrapping for an
 * import, and the signed record of it all. Material is in {@code Secret}s only, never in the heap.
 */
package io.strongroom.custody.ceremony;
