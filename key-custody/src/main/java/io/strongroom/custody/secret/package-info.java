/**
 * Secrets outside the JVM's heap: locked memory, a terminal without echo, and the few primitives of
 * libcrypto that work on it. For Linux.
 */
package io.strongroom.custody.secret;
