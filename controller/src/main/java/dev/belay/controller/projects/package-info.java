/** The projects that tasks are about. */
@NullMarked
package dev.belay.controller.projects;

import org.jspecify.annotations.NullMarked;
