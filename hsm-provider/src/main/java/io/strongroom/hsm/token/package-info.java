/** How another PKCS#11 binding in this process works beside ours on one token. Hidden. */
@NullMarked
package io.strongroom.hsm.token;

import org.jspecify.annotations.NullMarked;
