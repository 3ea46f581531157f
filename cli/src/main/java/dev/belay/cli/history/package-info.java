/** The verbs that look at a task's steps and move its result. */
@NullMarked
package dev.belay.cli.history;

import org.jspecify.annotations.NullMarked;
