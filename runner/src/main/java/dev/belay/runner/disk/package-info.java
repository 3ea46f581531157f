/** How full the runner's disk is, what is not begun then, and what is kept in reserve. */
@NullMarked
package dev.belay.runner.disk;

import org.jspecify.annotations.NullMarked;
