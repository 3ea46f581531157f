/** The log of each task: what is appended, what that does to the task, and how it is followed. */
@NullMarked
package dev.belay.controller.events;

import org.jspecify.annotations.NullMarked;
