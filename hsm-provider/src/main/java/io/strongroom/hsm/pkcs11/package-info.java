/**
 * The binding to PKCS#11 v2.40 libraries by {@code java.lang.foreign}; hidden. Structures are
 * packed naturally and {@code CK_ULONG} has 8 bytes, as on 64-bit Linux and macOS. Native handles
 * and memory never leave this package.
 */
package io.strongroom.hsm.pkcs11;
