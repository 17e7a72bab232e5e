/** What custody costs beside the HSM's own calls. */
@NullMarked
package io.strongroom.benchmarks.custody;

import org.jspecify.annotations.NullMarked;
