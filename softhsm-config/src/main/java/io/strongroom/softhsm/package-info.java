/**
 * SoftHSM2 tokens: where the library is ({@link io.strongroom.softhsm.SoftHsm}), tokens in folders
 * of their own ({@link io.strongroom.softhsm.SoftHsmToken}), and what tests need on top ({@link
 * io.strongroom.softhsm.SoftHsmExtension}, {@link io.strongroom.softhsm.TokenProcess}, and {@link
 * io.strongroom.softhsm.FaultyLibrary} for devices that fail). A SoftHSM2 token keeps its keys in
 * files: it stands in for hardware, it is none.
 */
package io.strongroom.softhsm;
