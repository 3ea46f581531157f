/** A person's command in a task's sandbox, its output relayed as it comes. */
@NullMarked
package dev.belay.controller.exec;

import org.jspecify.annotations.NullMarked;
