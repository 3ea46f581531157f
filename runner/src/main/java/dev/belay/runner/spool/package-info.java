/** What a task has to say, on this runner's disk until the controller has it. */
@NullMarked
package dev.belay.runner.spool;

import org.jspecify.annotations.NullMarked;
