/** One task on this runner, from its assignment to its end. */
@NullMarked
package dev.belay.runner.task;

import org.jspecify.annotations.NullMarked;
