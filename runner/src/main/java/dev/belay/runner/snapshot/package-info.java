/** The state after every step as git objects outside the sandbox, and the way back to it. Knows nothing of agents. */
@NullMarked
package dev.belay.runner.snapshot;

import org.jspecify.annotations.NullMarked;
