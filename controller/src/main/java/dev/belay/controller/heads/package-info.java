/** Rollback, undo and redo: moving a task's result among its snapshots. */
@NullMarked
package dev.belay.controller.heads;

import org.jspecify.annotations.NullMarked;
