/** Many runners that only speak and do no work: what {@code belay bench} measures a controller with. */
@NullMarked
package dev.belay.runner.crowd;

import org.jspecify.annotations.NullMarked;
