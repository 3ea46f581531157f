/** The runner's one connection to the controller, and the spool that outlives it. */
@NullMarked
package dev.belay.runner.link;

import org.jspecify.annotations.NullMarked;
