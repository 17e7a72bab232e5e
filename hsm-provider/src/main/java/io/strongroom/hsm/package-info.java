/**
 * The narrow waist: {@link io.strongroom.hsm.Hsm} and the values that go in and out of it. Sources:
 * PKCS#11 v2.40 (OASIS) for the device's side, RFC 7512 for the URL.
 */
package io.strongroom.hsm;
