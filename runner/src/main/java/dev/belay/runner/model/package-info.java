/** Models behind the agent's interface. Today: the script model. */
@NullMarked
package dev.belay.runner.model;

import org.jspecify.annotations.NullMarked;
