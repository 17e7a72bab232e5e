package io.strongroom.provider.badinput;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * One wrong use of a service.
 *
 * @param what what is wrong, in words
 * @param contract the exception that the JCA's contract names for it
 * @param use the use
 */
record BadInput(String what, Class<? extends Throwable> contract, ThrowingCallable use) {}
