/** How other tools make a project's machine ready: which files say so, and the environment that each becomes. */
@NullMarked
package dev.belay.policies.environment.foreign;

import org.jspecify.annotations.NullMarked;
