/** What a task is, where it stands, and how it is found and shown. */
@NullMarked
package dev.belay.controller.tasks;

import org.jspecify.annotations.NullMarked;
