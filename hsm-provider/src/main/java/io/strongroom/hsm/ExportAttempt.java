package io.strongroom.hsm;

/**
 * One try to get a key out of a device, and its answer. Immutable.
 *
 * @param what the try, in words: {@code C_GetAttributeValue(CKA_VALUE)}
 * @param refused true if the device did not give the key up
 * @param answer the device's answer: {@code CKR_ATTRIBUTE_SENSITIVE}
 */
public record ExportAttempt(String what, boolean refused, String answer) {}
