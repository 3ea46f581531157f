/** The loop: model, tool calls, snapshot. Owns the small interfaces by which it knows hands and model. */
@NullMarked
package dev.belay.runner.agent;

import org.jspecify.annotations.NullMarked;
