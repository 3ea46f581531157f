/** The runner's one connection to the controller: it dials out, and comes back when it breaks. */
@NullMarked
package dev.belay.runner.link;

import org.jspecify.annotations.NullMarked;
