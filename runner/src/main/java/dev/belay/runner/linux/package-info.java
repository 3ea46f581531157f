/** System calls by the foreign-function API. Knows nothing of Belay. */
@NullMarked
package dev.belay.runner.linux;

import org.jspecify.annotations.NullMarked;
