/** {@code prompt}: what a model was sent with a turn, put together again from the task's log. */
@NullMarked
package dev.belay.cli.prompt;

import org.jspecify.annotations.NullMarked;
