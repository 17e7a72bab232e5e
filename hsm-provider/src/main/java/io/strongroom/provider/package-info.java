/**
 * The JCA provider {@code Strongroom} over any {@link io.strongroom.hsm.Hsm}: {@link
 * io.strongroom.provider.HsmProvider} and the parameters of new keys, {@link
 * io.strongroom.provider.HsmKeySpec}. Keys are the JDK's own interfaces.
 */
package io.strongroom.provider;
