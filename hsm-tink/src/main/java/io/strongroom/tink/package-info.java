/**
 * Tink's remote AEAD with the key in an HSM: {@link io.strongroom.tink.HsmKmsClient} is all there
 * is to see.
 */
package io.strongroom.tink;
